/** The service cannot start, for a reason that its operator can mend; the message says which. */
export class CannotStart extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CannotStart';
  }
}

/** Errors whose message was written for an operator: one line is enough. */
const FOR_OPERATORS = [
  'CannotStart',
  'BadConfig',
  'BadContent',
  'BadAddress',
  'BadKeyFile',
  'FolderInUse',
  'EmbeddedUnavailable',
  'MigrationError',
];

/** What to write on standard error when the start failed: one line, or the stack where it is a bug of ours. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return `Isoloir cannot start: ${String(error)}`;
  if (FOR_OPERATORS.includes(error.name)) return `Isoloir cannot start: ${oneLine(error.message)}`;
  // The operating system refused a file or a folder: its message names both.
  if ('syscall' in error) return `Isoloir cannot start: ${oneLine(error.message)}`;
  return error.stack ?? error.message;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
