/** What one may ask of a request for assistance (F61). Texts are restricted documents, filed before: here are their addresses. */

/** Asks for help. */
export class RequestAssistance {
  readonly kind = 'RequestAssistance';
  constructor(
    readonly assistanceId: string,
    /** Who asks; undefined when nobody is signed in. */
    readonly electorId: string | undefined,
    readonly text: string,
  ) {}
}

/** Answers. One answer a request: whoever has more to ask asks again. */
export class AnswerAssistance {
  readonly kind = 'AnswerAssistance';
  constructor(
    readonly assistanceId: string,
    readonly staffId: string,
    readonly text: string,
  ) {}
}

export type AssistanceCommand = RequestAssistance | AnswerAssistance;
