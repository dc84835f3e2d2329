/** An identifier as it is compared: trimmed, NFC, lower case (F16, F17). */
export function normaliseIdentifier(typed: string): string {
  return typed.normalize('NFC').trim().toLowerCase().normalize('NFC');
}
