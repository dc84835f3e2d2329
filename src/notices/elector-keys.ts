import { deriveCredential, publicCredential } from '../crypto/credential.js';
import { deriveGateKey } from '../crypto/gate-key.js';
import type { Group, RandomBytes } from '../crypto/group.js';
import { makeVotingCode, type VotingCode } from '../crypto/voting-code.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { ElectorFileHeader, NoticeElector } from './elector-file.js';

/** A new code and what may be known of it: the code itself goes on the notice and nowhere else. */
export interface ElectorKeys {
  readonly code: VotingCode;
  /** Public half of the gate key (protocol V6). */
  readonly gateKey: string;
  /** The public credential in each scrutin of the elector (V5), by the scrutin's place in the header. */
  readonly credentials: readonly { readonly scrutin: number; readonly credential: string }[];
}

/** The groups of an election's scrutins, in the order of the header. */
export function groupsOf({ scrutins }: ElectorFileHeader): Promise<Group[]> {
  return Promise.all(scrutins.map(({ group }) => serverGroup(group)));
}

/** Makes the code of one elector. */
export function makeElectorKeys(
  header: ElectorFileHeader,
  groups: readonly Group[],
  elector: NoticeElector,
  random: RandomBytes,
): ElectorKeys {
  const code = makeVotingCode(random);
  const credentials = elector.scrutins.map((scrutin) => {
    const group = groups[scrutin] as Group;
    const uuid = header.scrutins[scrutin]?.uuid ?? '';
    return { scrutin, credential: publicCredential(group, deriveCredential(group, uuid, code)) };
  });
  return { code, gateKey: deriveGateKey(header.electionId, code).publicKey, credentials };
}
