import { ArchiveChain } from '../crypto/archive-events.js';
import { archivePieces, type ArchiveRecord } from '../crypto/archive.js';
import { parseElection } from '../crypto/election.js';
import { holderKeys, parseKeyHolders } from '../crypto/key-holders.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { Documents } from '../documents/documents.js';
import type { BoxEvent } from '../events/box.events.js';
import { decode, isOf } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';

type Data<T extends BoxEvent['type']> = Extract<BoxEvent, { type: T }>['data'];

/** Where archives are made from. */
export interface ArchiveSource {
  readonly store: EventStore;
  readonly documents: Documents;
}

/** The file of a counted scrutin: its name, and its pieces in their order. */
export interface BoxArchive {
  readonly name: string;
  readonly pieces: AsyncGenerator<Uint8Array>;
}

interface Count {
  readonly opened: Data<'BoxOpened'>;
  readonly frozen: Data<'BoxFrozen'>;
  readonly tally: Data<'TallyEncrypted'>;
  readonly result: Data<'ResultProclaimed'>;
  /** seat -> its decryption, without those that were rejected */
  readonly filed: ReadonlyMap<number, Data<'PartialDecryptionFiled'>>;
}

/**
 * A counted scrutin as the archive of Belenios: `<uuid>.bel`, never whole in memory (docs/protocol.md, T2, T3, T7).
 * Undefined before the result is proclaimed.
 */
export async function boxArchive(source: ArchiveSource, scrutinId: string): Promise<BoxArchive | undefined> {
  const count = await readCount(source, scrutinId);
  if (!count) return undefined;
  const election = await textOf(source, count.opened.electionFile);
  return {
    name: `${parseElection(election).uuid}.bel`,
    pieces: piecesOf(source, scrutinId, count, election),
  };
}

async function* piecesOf(
  source: ArchiveSource,
  scrutinId: string,
  { opened, frozen, tally, result, filed }: Count,
  election: string,
): AsyncGenerator<Uint8Array> {
  const timestamp = String(Math.floor(Date.parse(frozen.at) / 1000));
  let records: ArchiveRecord[] = [];
  const chain = new ArchiveChain((record) => records.push(record));
  let begun = false;
  const written = function* (): Generator<Uint8Array> {
    const [description, ...entries] = archivePieces(timestamp, records);
    records = [];
    if (!begun && description) yield description;
    begun = true;
    yield* entries;
  };
  const credentials = (await textOf(source, frozen.credentialsFile)).split('\n').slice(0, -1);
  const keyHolders = await textOf(source, opened.keyHolders);
  chain.setup(election, keyHolders, JSON.stringify(credentials));
  yield* written();
  for await (const event of boxEvents(source, scrutinId)) {
    if (event.type !== 'VotesCast') continue;
    for (const ballot of event.data.ballots) chain.ballot(ballot);
    yield* written();
  }
  chain.endBallots();
  chain.encryptedTally(tally.tally, tally.ballots, BigInt(tally.ballots));
  for (const { owner, decryption } of await quorum(filed, election, keyHolders))
    chain.partialDecryption(owner, decryption);
  chain.result(result.result);
  yield* written();
}

/** As many parts as each group needs, lowest places first: Belenios combines all that an archive holds. */
async function quorum(
  filed: Count['filed'],
  election: string,
  keyHolders: string,
): Promise<Data<'PartialDecryptionFiled'>[]> {
  const holders = parseKeyHolders(await serverGroup(parseElection(election).group), keyHolders);
  const keys = holderKeys(holders);
  const sorted = [...filed.values()].sort((a, b) => a.owner - b.owner);
  return holders
    .flatMap((content, part) =>
      sorted
        .filter(({ owner }) => keys[owner - 1]?.part === part)
        .slice(0, content.kind === 'Single' ? 1 : content.threshold),
    )
    .sort((a, b) => a.owner - b.owner);
}

/** What the count of a box came to. The ballots before the freeze are passed over. */
async function readCount(source: ArchiveSource, scrutinId: string): Promise<Count | undefined> {
  const after: BoxEvent[] = [];
  for await (const event of boxEvents(source, scrutinId, 'backwards')) {
    after.push(event);
    if (event.type === 'BoxFrozen' || event.type === 'VotesCast') break;
  }
  let [frozen, tally, result]: [Count['frozen']?, Count['tally']?, Count['result']?] = [];
  const filed = new Map<number, Data<'PartialDecryptionFiled'>>();
  for (const event of after.toReversed()) {
    if (event.type === 'BoxFrozen') frozen = event.data;
    else if (event.type === 'TallyEncrypted') tally = event.data;
    else if (event.type === 'PartialDecryptionFiled') filed.set(event.data.seat, event.data);
    else if (event.type === 'PartialDecryptionRejected' && event.data.reason === 'disagrees')
      filed.delete(event.data.seat);
    else if (event.type === 'ResultProclaimed') result = event.data;
  }
  for await (const opened of boxEvents(source, scrutinId)) {
    if (opened.type !== 'BoxOpened' || !frozen || !tally || !result) return undefined;
    return { opened: opened.data, frozen, tally, result, filed };
  }
  return undefined;
}

async function* boxEvents(
  { store }: ArchiveSource,
  scrutinId: string,
  direction: 'forwards' | 'backwards' = 'forwards',
): AsyncGenerator<BoxEvent> {
  for await (const { type, data } of store.readStream(`box-${scrutinId}`, { direction })) {
    const event = decode(type, data);
    if (isOf(event, 'box')) yield event;
  }
}

/** The text of a document that an event names. */
async function textOf({ documents }: ArchiveSource, sha256: string): Promise<string> {
  const document = await documents.get(sha256);
  if (!document) throw new Error(`document ${sha256} is missing`);
  return document.content.toString('utf8');
}
