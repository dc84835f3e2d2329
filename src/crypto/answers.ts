/** How the answers of a scrutin's question name the lists of candidates: server, booth and auditor read the same text. */

/** The last answer of every question: the blank vote is an answer like the others (docs/protocol.md, B5). */
export const BLANK_ANSWER = 'blank Vote blanc';

/** The answer that stands for a list of candidates: its id, a space, its title. */
export function answerOf({ listId, title }: { readonly listId: string; readonly title: string }): string {
  return `${listId} ${title}`;
}

/** The id of the list that an answer names; `blank` for the blank vote. Undefined when it is no answer of ours. */
export function listIdOf(answer: string): string | undefined {
  return split(answer)?.[1];
}

/** What the booth shows of an answer: the title of the list, or « Vote blanc ». */
export function titleOf(answer: string): string | undefined {
  return split(answer)?.[2];
}

const ANSWER = /^(blank|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}) ([^]+)$/;

function split(answer: string): RegExpExecArray | undefined {
  return ANSWER.exec(answer) ?? undefined;
}
