/** Which logs and witnesses are believed, and how many of them (c2sp.org/tlog-policy). */
import { parseDecimal } from './base64-text.js';
import { cosignedAt, parseSignedCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { Malformed } from './malformed.js';
import { isSignedBy, parseNoteKey, type NoteKey } from './signed-note.js';

/** A witness of a policy: `url` is where checkpoints are sent to. */
export interface Witness {
  readonly name: string;
  readonly key: NoteKey;
  readonly url: string | undefined;
}

interface Group {
  readonly needed: number;
  readonly members: readonly string[];
}

export interface LogPolicy {
  readonly logs: readonly { readonly key: NoteKey; readonly url: string | undefined }[];
  readonly witnesses: readonly Witness[];
  readonly groups: ReadonlyMap<string, Group>;
  /** The name of a witness or a group, or `none`. */
  readonly quorum: string;
}

/** Nobody's cosignature is asked for. */
export const noWitnesses: LogPolicy = { logs: [], witnesses: [], groups: new Map(), quorum: 'none' };

/** Reads a policy. Throws `Malformed`; its path is the line. */
export function parseLogPolicy(text: string): LogPolicy {
  const reader = new PolicyReader();
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) throw new Malformed('policy', 'holds a control character');
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length > 0 && !words[0]?.startsWith('#')) reader.line(words, `line ${i + 1}`);
  }
  return reader.policy();
}

/** Whether the witnesses of the policy reach its quorum on this checkpoint. */
export function reachesQuorum(policy: LogPolicy, { note }: Pick<SignedCheckpoint, 'note'>): boolean {
  if (policy.quorum === 'none') return true;
  const witnessed = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (group) return group.members.filter(witnessed).length >= group.needed;
    const witness = policy.witnesses.find((one) => one.name === name);
    return witness !== undefined && cosignedAt(note, witness.key) !== undefined;
  };
  return witnessed(policy.quorum);
}

/** What is wrong with a checkpoint under this policy; undefined when a log of it signed and the quorum is reached. */
export function policyFlaw(policy: LogPolicy, text: string): string | undefined {
  let signed: SignedCheckpoint;
  try {
    signed = parseSignedCheckpoint(text);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  const { logs } = policy;
  if (
    logs.length > 0 &&
    !logs.some(({ key }) => key.name === signed.origin && isSignedBy(signed.note, key))
  ) {
    return 'is not signed by a log of the policy';
  }
  return reachesQuorum(policy, signed) ? undefined : 'has not the cosignatures that the policy asks for';
}

class PolicyReader {
  private readonly logs: { key: NoteKey; url: string | undefined }[] = [];
  private readonly witnesses: Witness[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly member = new Set<string>();
  private quorum: string | undefined;

  line([keyword = '', ...words]: readonly string[], path: string): void {
    if (keyword === 'log') this.log(words, path);
    else if (keyword === 'witness') this.witness(words, path);
    else if (keyword === 'group') this.group(words, path);
    else if (keyword === 'quorum') this.setQuorum(words, path);
    else throw new Malformed(path, 'begins with none of log, witness, group, quorum');
  }

  policy(): LogPolicy {
    const { logs, witnesses, groups, quorum } = this;
    if (quorum === undefined) throw new Malformed('policy', 'has no quorum');
    return { logs, witnesses, groups, quorum };
  }

  private log([key, url, ...rest]: readonly string[], path: string): void {
    if (key === undefined || rest.length > 0) throw new Malformed(path, 'takes a key and a URL');
    const parsed = parseNoteKey(key, path);
    if (parsed.type !== 0x01) throw new Malformed(path, 'not the key of a log');
    requireNew(this.logs, parsed, path);
    this.logs.push({ key: parsed, url });
  }

  private witness([name, key, url, ...rest]: readonly string[], path: string): void {
    if (name === undefined || key === undefined || rest.length > 0) {
      throw new Malformed(path, 'takes a name, a key and a URL');
    }
    this.requireFree(name, path);
    const parsed = parseNoteKey(key, path);
    if (parsed.type !== 0x04) throw new Malformed(path, 'not the key of a witness');
    requireNew(this.witnesses, parsed, path);
    this.witnesses.push({ name, key: parsed, url });
  }

  private group([name, threshold, ...members]: readonly string[], path: string): void {
    if (name === undefined || threshold === undefined || members.length === 0) {
      throw new Malformed(path, 'takes a name, how many, and members');
    }
    this.requireFree(name, path);
    for (const one of members) {
      if (!this.isKnown(one)) throw new Malformed(path, `${one} is not defined above`);
      if (this.member.has(one)) throw new Malformed(path, `${one} is a member twice`);
      this.member.add(one);
    }
    const words: Record<string, number> = { all: members.length, any: 1 };
    const needed = words[threshold] ?? parseDecimal(threshold, path);
    if (needed < 1 || needed > members.length) throw new Malformed(path, 'asks for more than it has');
    this.groups.set(name, { needed, members });
  }

  private setQuorum([name, ...rest]: readonly string[], path: string): void {
    if (this.quorum !== undefined) throw new Malformed(path, 'a second quorum');
    if (name === undefined || rest.length > 0) throw new Malformed(path, 'takes one name');
    if (name !== 'none' && !this.isKnown(name)) throw new Malformed(path, `${name} is not defined above`);
    this.quorum = name;
  }

  private isKnown(name: string): boolean {
    return this.groups.has(name) || this.witnesses.some((one) => one.name === name);
  }

  private requireFree(name: string, path: string): void {
    if (name === 'none' || this.isKnown(name)) throw new Malformed(path, `${name} is taken`);
  }
}

function requireNew(known: readonly { readonly key: NoteKey }[], { publicKey }: NoteKey, path: string): void {
  const same = ({ key }: { readonly key: NoteKey }) =>
    key.publicKey.every((byte, i) => byte === publicKey[i]);
  if (known.some(same)) throw new Malformed(path, 'the same key twice');
}
