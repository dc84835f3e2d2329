/** Files of key holders in which every proof holds, and fewer people hold the key than the file says. */
import { describe, expect, it } from '@jest/globals';
import { makeBasicKey } from '../../../src/crypto/basic-key.js';
import {
  assembleGroup,
  commit,
  complete,
  deal,
  open,
  type Draft,
  type Holder,
} from '../../../src/crypto/key-ceremony.js';
import type { Ceremony, Round } from '../../../src/crypto/key-ceremony-messages.js';
import { checkKeyHolders } from '../../../src/crypto/key-holders-check.js';
import type { Certificate, PedersenGroup } from '../../../src/crypto/key-holders.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import type { Signed } from '../../../src/crypto/signed-message.js';
import { certified, completed, random } from './ceremony.js';

const group = await serverGroup('Ed25519');
const presidency = completed({ group, id: 'presidency', size: 2, threshold: 1 }).group;
const delegates = completed({ group, id: 'delegates', size: 4, threshold: 2 }).group;
const basic = makeBasicKey(group, random).publicKey;

describe('key holders who are counted twice', () => {
  it('are told from those of honest ceremonies, also where each of a group has the whole key', () => {
    expect(checkKeyHolders(group, [presidency, delegates, basic])).toEqual([]);
  });

  it('are named when a basic key is copied: its decryption could be copied too', () => {
    expect(checkKeyHolders(group, [basic, { ...basic, name: 'Somebody else' }])).toEqual([
      { holder: 2, step: 'key', reason: 'repeats a key of holder 1' },
    ]);
  });

  it('are named when a whole group is copied: one quorum would then be two', () => {
    const faults = checkKeyHolders(group, [delegates, presidency, delegates]);
    expect(faults.map(({ holder, reason }) => `${holder} ${reason}`)).toEqual([
      '7 repeats a key of holder 1',
      '8 repeats a key of holder 2',
      '9 repeats a key of holder 3',
      '10 repeats a key of holder 4',
    ]);
  });

  it('are named when a member certifies the key that it has in another group', () => {
    const [first, ...others] = delegates.certificates;
    const { verification } = presidency.certificates[1] as Certificate;
    const certificates = [{ ...(first as Certificate), verification }, ...others];
    const copied: PedersenGroup = { ...delegates, certificates };
    expect(checkKeyHolders(group, [presidency, copied])).toContainEqual({
      holder: 3,
      step: 'certificate',
      reason: 'repeats a key of holder 2',
    });
  });
});

describe('a threshold', () => {
  it('is not believed when the polynomials add up to one of a lower degree', () => {
    const ceremony: Ceremony = { group, id: 'flat', size: 3, threshold: 2 };
    const board = certified(ceremony);
    const drafts: Draft[] = [];
    const say = (round: Round, speak: (holder: Holder, i: number) => Signed) => {
      board.transcript = { ...board.transcript, [round]: board.holders.map(speak) };
    };
    say('commitments', (holder) => {
      let drawn = 0; // the second thing drawn is the coefficient of x: zero, so that every share is the whole key
      const flat = (length: number) => (drawn++ === 1 ? new Uint8Array(length) : random(length));
      const { draft, commitment } = commit(ceremony, board.transcript, holder, flat);
      drafts.push(draft);
      return commitment;
    });
    say('openings', (holder, i) => open(ceremony, board.transcript, holder, drafts[i] as Draft, random));
    say('deals', (holder, i) => deal(ceremony, board.transcript, holder, drafts[i] as Draft, random));
    say('completions', (holder) => {
      const done = complete(ceremony, board.transcript, holder, random);
      if ('complaints' in done) throw new Error('nobody sent a wrong share');
      return done.completion;
    });
    const reason = 'fewer members than the threshold can decrypt';
    expect(checkKeyHolders(group, [assembleGroup(ceremony, board.transcript)])).toEqual(
      [1, 2, 3].map((holder) => ({ holder, step: 'polynomial', reason })),
    );
  });
});
