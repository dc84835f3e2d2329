import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ceremonyOf, roundName, type CeremonyAnswer } from '../crypto/ceremony-view.js';
import { takeTurn, type Turn } from '../crypto/key-ceremony-seat.js';
import { CeremonyFault } from '../crypto/key-ceremony.js';
import { Malformed } from '../crypto/malformed.js';
import { serverGroup } from '../crypto/server-groups.js';
import { PortalRefusal, type PortalSession } from './portal-session.js';

/** Where the secrets of a seat are kept between two rounds, so that an interruption loses nothing. */
export interface SecretsStore {
  load(ceremonyId: string): Promise<string | undefined>;
  save(ceremonyId: string, secrets: string): Promise<void>;
  forget(ceremonyId: string): Promise<void>;
}

/** One seat of one board. */
export interface Participant {
  readonly boardId: string;
  readonly seat: number;
  readonly store: SecretsStore;
  /** Told what happens. */
  readonly tell?: (line: string) => void;
  /** Milliseconds between two looks at the ceremony. */
  readonly pause?: number;
  /** Keeps the share, before the portal hears that this seat has it. */
  readonly keep: (ceremony: CeremonyAnswer, share: bigint) => Promise<void>;
}

/**
 * Takes part in the ceremony of a board until it ends: speaks when it is this seat's turn, after checking all that the others
 * said. Gives how it ended. Throws `CeremonyFault` when somebody cheated and the portal has not named them yet.
 */
export async function participate(
  session: PortalSession,
  { boardId, seat, store, tell = () => undefined, pause = 1_000, keep }: Participant,
): Promise<CeremonyAnswer> {
  let faults = 0;
  for (;;) {
    const { ceremony } = await session.get<{ ceremony: CeremonyAnswer | null }>(`/api/boards/${boardId}`);
    if (!ceremony) throw new Error('this board has no ceremony yet');
    const { ceremonyId, phase } = ceremony;
    if (phase !== 'running') {
      await store.forget(ceremonyId); // the share is in its file; all else is destroyed (K6)
      return ceremony;
    }
    const group = await serverGroup(ceremony.group);
    const kept = await store.load(ceremonyId);
    const turn = judged(() =>
      takeTurn(group, ceremonyOf(ceremony), seat, kept, (length) => randomBytes(length)),
    );
    if ('fault' in turn) {
      // The portal judges the round too, and names who cheated: it is given time to say so.
      if (++faults > TRIES) throw turn.fault;
      await sleep(pause);
      continue;
    }
    const path = `/api/boards/${boardId}/ceremonies/${ceremonyId}`;
    switch (turn.kind) {
      case 'speak': {
        await store.save(ceremonyId, turn.secrets); // before it is sent: what was said cannot be taken back
        const round = roundName(turn.round);
        if (turn.share !== undefined && !ceremony.practice) await keep(ceremony, turn.share);
        await patiently(() => session.post(`${path}/messages`, { seat, round, message: turn.message }));
        tell(`${round}: sent`);
        break;
      }
      case 'complain':
        await patiently(() => session.post(`${path}/complaints`, { seat, message: turn.complaint }));
        tell('a share was wrong: complained of it');
        break;
      case 'wait':
        tell(`${roundName(turn.round)}: waiting for seat ${turn.silent.join(', ')}`);
        await sleep(pause);
        break;
      case 'done':
        await sleep(pause); // the portal is about to publish the key
    }
  }
}

const TRIES = 10;

/** A turn, or why this seat will not go on: somebody said what the protocol does not. */
function judged(turn: () => Turn): Turn | { readonly fault: Error } {
  try {
    return turn();
  } catch (error) {
    if (error instanceof CeremonyFault || error instanceof Malformed) return { fault: error };
    throw error;
  }
}

/** Says it again when the portal asks for patience: other holders speak at the same moment. */
async function patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PortalRefusal && error.code === 'ceremony.over') return undefined; // somebody was named meanwhile
      if (!(error instanceof PortalRefusal) || error.status !== 503 || tries === TRIES) throw error;
      await sleep(200 * tries);
    }
  }
}
