import { createHash } from 'node:crypto';
import type { BoxEvent } from '../events/box.events.js';
import { ballotClaims } from '../events/ballot-claims.js';
import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection, Statement } from './projection.js';

/**
 * What `CastVote` must know of a box: phase, times, and which tags, credentials, references and randomness are used, all at
 * one revision of its stream. What is later is read from the stream itself (design 3, point 5).
 */
export const boxIndex: Projection = {
  name: 'box_index',
  role: 'box',
  tables: ['read_box.boxes', 'read_box.used_tags', 'read_box.ballots', 'read_box.used_alphas'],
  apply({ event, revision }) {
    if (!isOf(event, 'box')) return [];
    const { scrutinId } = event.data;
    const change = (name: string, text: string, ...values: unknown[]): Statement => ({
      name,
      text: `update read_box.boxes set revision = $2${text} where scrutin_id = $1`,
      values: [scrutinId, revision, ...values],
    });
    switch (event.type) {
      case 'BoxOpened':
        return [opened(event.data, revision)];
      case 'BoxSuspended':
        return [change('suspended', ", phase = 'suspended'")];
      case 'BoxResumed':
        return [change('resumed', ", phase = 'open'")];
      case 'BoxExtended':
        return [change('extended', ', closes_at = $3', event.data.closesAt)];
      case 'VotesCast':
        return [...votes(event.data), change('cast', ', batches = $3', event.data.batch)];
      case 'BoxFrozen':
        return [change('frozen', ", phase = 'frozen'")];
      case 'DiscrepancyStated':
      case 'RegisterKeyDestroyed':
      case 'TallyEncrypted':
      case 'PartialDecryptionFiled':
      case 'PartialDecryptionRejected':
      case 'TieDrawn':
      case 'ResultProclaimed':
      case 'ObservationWritten':
      case 'MinutesSigned':
        return [change('moved', '')];
    }
  },
};

type DataOf<T> = Extract<BoxEvent, { type: T }>['data'];

function opened(data: DataOf<'BoxOpened'>, revision: number): Statement {
  const { scrutinId, electionId, opensAt, closesAt, graceMinutes } = data;
  const { electionFile, roll, rollFile, credentials, credentialsFile } = data;
  return {
    name: 'opened',
    text: `insert into read_box.boxes (scrutin_id, revision, election_id, phase, opens_at, closes_at, grace_minutes,
        election_file, roll, roll_file, credentials, credentials_file)
      values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      ...[scrutinId, revision, electionId, opensAt, closesAt, graceMinutes],
      ...[electionFile, JSON.stringify(roll), rollFile, JSON.stringify(credentials), credentialsFile],
    ],
  };
}

/** Each side in its own order, which is that of the event: neither knows of the other. */
function votes({ scrutinId, signatures, ballots, batch, at }: DataOf<'VotesCast'>): Statement[] {
  const tags = signatures.map((tag) => Buffer.from(tag, 'hex'));
  const references = ballots.map((ballot) => createHash('sha256').update(ballot).digest());
  const claims = ballots.map((ballot) => ballotClaims(ballot));
  const credentials = claims.map((claim) => credentialDigest(claim?.credential ?? ''));
  const alphas = claims.flatMap((claim) => claim?.alphas.map((alpha) => alphaDigest(scrutinId, alpha)) ?? []);
  return [
    {
      name: 'tags',
      text: 'insert into read_box.used_tags (scrutin_id, tag) select $1, unnest($2::bytea[])',
      values: [scrutinId, tags],
    },
    {
      name: 'ballots',
      text: `insert into read_box.ballots (scrutin_id, reference, credential, batch, at)
        select $1, reference, credential, $4, $5 from unnest($2::bytea[], $3::bytea[]) as b(reference, credential)`,
      values: [scrutinId, references, credentials, batch, at],
    },
    {
      name: 'alphas', // one that is there twice was cast before any were compared: the audit says so
      text: 'insert into read_box.used_alphas select unnest($1::uuid[]) on conflict do nothing',
      values: [alphas.sort()],
    },
  ];
}

/** What the index keeps of a credential: those of one group are long. */
function credentialDigest(credential: string): Buffer {
  return createHash('sha256').update(credential).digest();
}

/** What the index keeps of an α: enough that nobody finds two of the same digest. */
function alphaDigest(scrutinId: string, alpha: string): string {
  return createHash('sha256').update(`${scrutinId} ${alpha}`).digest('hex').slice(0, 32);
}

/** A box as the index knows it, at `revision` of its stream. */
export interface IndexedBox {
  readonly revision: number;
  readonly electionId: string;
  readonly phase: 'open' | 'suspended' | 'frozen';
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceMinutes: number;
  readonly batches: number;
  readonly electionFile: string;
  readonly roll: { readonly root: string; readonly count: number };
  readonly rollFile: string;
  readonly credentials: { readonly root: string; readonly count: number };
  readonly credentialsFile: string;
}

/** What identifies a vote, and what of it is used already. */
export interface VoteKeys {
  readonly tag: string;
  readonly credential: string;
  readonly reference: string;
  /** The α of its ciphertexts; none where only the others matter. */
  readonly alphas: readonly string[];
}
export interface Used {
  readonly signed: boolean;
  readonly credentialUsed: boolean;
  readonly alphaUsed: boolean;
  readonly deposit: { readonly batch: number; readonly at: string } | undefined;
}

interface Row {
  revision: number;
  election_id: string;
  phase: IndexedBox['phase'];
  opens_at: Date;
  closes_at: Date;
  grace_minutes: number;
  batches: number;
  election_file: string;
  roll: IndexedBox['roll'];
  roll_file: string;
  credentials: IndexedBox['credentials'];
  credentials_file: string;
  used: { signed: boolean; credential: boolean; batch: number | null; at: string | null }[];
  alphas: string[];
}

/** Box and uses in one statement, so that all of it is of one revision; an index look-up each, whatever the statistics say. */
const LOOK_UP = `select b.*, array(
    select json_build_object('signed', t.tag is not null, 'credential', c.batch is not null, 'batch', r.batch,
             'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"'))
      from unnest($2::bytea[], $3::bytea[], $4::bytea[]) with ordinality as v(tag, credential, reference, n)
      left join lateral (select tag from read_box.used_tags where scrutin_id = $1 and tag = v.tag limit 1) t on true
      left join lateral (select batch from read_box.ballots where scrutin_id = $1 and credential = v.credential limit 1) c on true
      left join lateral (select batch, at from read_box.ballots where scrutin_id = $1 and reference = v.reference limit 1) r on true
     order by v.n) as used,
    array(select replace(alpha::text, '-', '') from read_box.used_alphas where alpha = any ($5::uuid[])) as alphas
  from read_box.boxes b where b.scrutin_id = $1`;

/** The box and what of these votes is used; undefined for a box that the index does not know (yet). */
export async function lookUpBox(
  box: Queryable,
  scrutinId: string,
  votes: readonly VoteKeys[],
): Promise<{ box: IndexedBox; used: Used[] } | undefined> {
  const digests = votes.map(({ alphas }) => alphas.map((alpha) => alphaDigest(scrutinId, alpha)));
  const { rows } = await box.query<Row>({
    name: 'look-up-box',
    text: LOOK_UP,
    values: [
      scrutinId,
      votes.map(({ tag }) => Buffer.from(tag, 'hex')),
      votes.map(({ credential }) => credentialDigest(credential)),
      votes.map(({ reference }) => Buffer.from(reference, 'base64')),
      digests.flat(),
    ],
  });
  const [row] = rows;
  if (!row) return undefined;
  const repeated = new Set(row.alphas);
  return {
    box: {
      revision: row.revision,
      electionId: row.election_id,
      phase: row.phase,
      opensAt: row.opens_at.toISOString(),
      closesAt: row.closes_at.toISOString(),
      graceMinutes: row.grace_minutes,
      batches: row.batches,
      electionFile: row.election_file,
      roll: row.roll,
      rollFile: row.roll_file,
      credentials: row.credentials,
      credentialsFile: row.credentials_file,
    },
    used: row.used.map(({ signed, credential, batch, at }, index) => ({
      signed,
      credentialUsed: credential,
      alphaUsed: digests[index]?.some((digest) => repeated.has(digest)) ?? false,
      deposit: batch !== null && at !== null ? { batch, at } : undefined,
    })),
  };
}
