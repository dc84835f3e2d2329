/** Whether a one-time password is that of one of the staff, now, for the first time: what a signature takes. */
export abstract class StaffCodes {
  abstract confirm(staffId: string, code: string): Promise<boolean>;
}
