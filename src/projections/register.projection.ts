import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Who has signed, by tag: the tags of one scrutin say nothing of those of another, nor of any ballot (F102). */
export const register: Projection = {
  name: 'register',
  role: 'register',
  tables: ['read_register.register'],
  apply({ event }) {
    if (!isOf(event, 'box') || event.type !== 'VotesCast') return [];
    const { scrutinId, signatures, at } = event.data;
    return [
      {
        name: 'signed',
        text: 'insert into read_register.register (scrutin_id, tag, at) select $1, unnest($2::bytea[]), $3',
        values: [scrutinId, signatures.map((tag) => Buffer.from(tag, 'hex')), at],
      },
    ];
  },
};

/** One signature: a tag, and the minute of its vote (F77). */
export interface Signature {
  readonly scrutinId: string;
  readonly tag: string;
  readonly at: Date;
}

/** Those of these tags that have signed, each in its scrutin: « mes scrutins » (F82). */
export async function signaturesOf(
  register: Queryable,
  tags: readonly { readonly scrutinId: string; readonly tag: string }[],
): Promise<Signature[]> {
  const { rows } = await register.query<{ scrutin_id: string; tag: Buffer; at: Date }>(
    `select r.scrutin_id, r.tag, r.at from unnest($1::uuid[], $2::bytea[]) as t(scrutin_id, tag)
       join read_register.register r on r.scrutin_id = t.scrutin_id and r.tag = t.tag order by r.scrutin_id, r.tag`,
    [tags.map(({ scrutinId }) => scrutinId), tags.map(({ tag }) => Buffer.from(tag, 'hex'))],
  );
  return rows.map(signatureOf);
}

/** All signatures of a scrutin, sorted by tag: what the freeze turns into the register of names. */
export async function listSignatures(register: Queryable, scrutinId: string): Promise<Signature[]> {
  const { rows } = await register.query<{ scrutin_id: string; tag: Buffer; at: Date }>(
    'select scrutin_id, tag, at from read_register.register where scrutin_id = $1 order by tag',
    [scrutinId],
  );
  return rows.map(signatureOf);
}

function signatureOf(row: { scrutin_id: string; tag: Buffer; at: Date }): Signature {
  return { scrutinId: row.scrutin_id, tag: row.tag.toString('hex'), at: row.at };
}
