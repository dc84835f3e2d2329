/** Names the turnout of an earlier election to compare with: a restricted document, filed before. */
export class FileEarlierTurnout {
  readonly kind = 'FileEarlierTurnout';
  constructor(
    readonly electionId: string,
    readonly file: string,
    readonly staffId: string,
  ) {}
}
