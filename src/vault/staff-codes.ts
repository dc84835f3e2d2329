/** Whether a one-time password is that of one of the staff, now, for the first time: what a signature takes. */
export abstract class StaffCodes {
  abstract confirm(staffId: string, code: string): Promise<boolean>;

  /** Who has this name and this one-time password, as somebody who is present and approves; undefined when one is wrong. */
  abstract approver(login: string, code: string): Promise<string | undefined>;
}
