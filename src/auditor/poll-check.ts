import { answerOf, BLANK_ANSWER } from '../crypto/answers.js';
import { openPoll, parseElection, type Poll } from '../crypto/election.js';
import { electionKey, type KeyHolders } from '../crypto/key-holders.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { SealedScrutin } from '../events/board.events.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';
import type { Board, Opened, Scrutin } from './election-check.js';
import type { KeyCheck } from './key-check.js';

/** The election of a box as it is voted in, and who holds its key; undefined where that is not proved. */
export interface OpenedPoll {
  readonly poll: Poll;
  readonly holders: KeyHolders | undefined;
}

/** What is known of a scrutin before its box opens. */
interface Before {
  readonly scrutin: Scrutin | undefined;
  readonly sealed: SealedScrutin | undefined;
  readonly key: Board['key'];
}

/** The election file of a box: that of the seal, of the scrutin as it was declared, and of the key that its board made. */
export class PollCheck {
  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
    private readonly keys: KeyCheck,
  ) {}

  /** The election of a scrutin as a poll, with its key holders; what is wrong with either is reported. */
  async of(data: Opened, place: string, before: Before): Promise<OpenedPoll | undefined> {
    const text = this.documents.text(data.electionFile);
    if (text === undefined) return undefined; // the documents say that it is missing
    try {
      const election = parseElection(text);
      const poll = openPoll(await serverGroup(election.group), election);
      this.compare(poll, before, place);
      return { poll, holders: this.holders(poll, data, before.key, place) };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.found.fail('seals-hold', place, `its election file: ${error.message}`);
      return undefined;
    }
  }

  private compare({ election }: Poll, { scrutin, sealed, key }: Before, place: string): void {
    const { found } = this;
    const require = (holds: boolean, reason: string) => {
      found.require('seals-hold', holds, place, `its election file ${reason}`);
    };
    require(election.fingerprint === sealed?.fingerprint, 'has not the fingerprint that was sealed');
    require(election.uuid === sealed?.uuid && election.uuid === scrutin?.declared?.uuid, 'has another uuid');
    require(election.group === scrutin?.declared?.group, 'has another group');
    require(election.publicKey === key?.publicKey, 'has another key than the board');
    const [question] = election.questions;
    const one = question?.min === 1 && question.max === 1 && !question.blank; // more would give a list several votes
    require(one, 'does not ask for one choice');
    const answers = question?.answers ?? [];
    const ids = answers.map((answer) => answer.split(' ')[0]);
    const order = [...(scrutin?.order ?? []), BLANK_ANSWER.split(' ')[0]];
    const same = election.questions.length === 1 && ids.join() === order.join();
    require(same && answers.at(-1) === BLANK_ANSWER, 'has not the lists in the order that was drawn');
    require(answers.every(
      (answer) => answer === BLANK_ANSWER || answerOf(split(answer)) === answer,
    ), 'has an answer of another form');
  }

  private holders(
    { group, key }: Poll,
    { boardId, keyHolders }: Opened,
    known: Before['key'],
    place: string,
  ): KeyHolders | undefined {
    const name = 'key-holders-prove-their-keys';
    if (known?.keyHolders !== keyHolders) {
      this.found.fail(name, place, 'its key holders are not those of the ceremony');
      return undefined;
    }
    const holders = this.keys.holdersOf(boardId, group);
    if (holders && !group.equal(electionKey(group, holders), key.element))
      this.found.fail(name, place, 'the key of the election is not that of the key holders');
    return holders;
  }
}

function split(answer: string): { listId: string; title: string } {
  const space = answer.indexOf(' ');
  return { listId: answer.slice(0, space), title: answer.slice(space + 1) };
}
