import { createHash } from 'node:crypto';
import { Corruption } from '../events/codec.js';
import type { Database } from '../storage/database.js';
import { sweepUnnamed, type Named } from '../storage/sweep.js';

export interface Document {
  readonly sha256: string;
  readonly mediaType: string;
  /** Anyone may fetch it. Otherwise only those whom the module that owns it lets. */
  readonly public: boolean;
  readonly content: Buffer;
}

/** Blobs addressed by their SHA-256: what an event names by its hash. Erasable one by one. */
export class Documents {
  constructor(private readonly database: Database) {}

  /** Stores a document and gives its address. The same content twice is one row; public once, public for all. */
  async put(content: Buffer, mediaType: string, access: 'public' | 'restricted'): Promise<string> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    // What was erased on purpose comes back only because somebody files it again; what was there is not rewritten.
    await this.database.pool('documents').query(
      `with filed as (
         insert into documents.documents as d (sha256, media_type, public, content) values ($1, $2, $3, $4)
         on conflict (sha256) do update set written_at = now(), erased_at = null, public = d.public or excluded.public,
                                            content = coalesce(d.content, excluded.content)
         returning sha256)
       insert into documents.unnamed select sha256 from filed on conflict do nothing`,
      [sha256, mediaType, access === 'public', content],
    );
    return sha256;
  }

  /** The document at this address; undefined when there is none or it is erased. Throws `Corruption` if it changed. */
  async get(sha256: string): Promise<Document | undefined> {
    const { rows } = await this.database.pool('documents').query<{
      media_type: string;
      public: boolean;
      content: Buffer | null;
    }>('select media_type, public, content from documents.documents where sha256 = $1', [sha256]);
    const [row] = rows;
    if (!row?.content) return undefined;
    if (createHash('sha256').update(row.content).digest('hex') !== sha256) {
      throw new Corruption('documents.mismatch', `document ${sha256} is not what its address says`);
    }
    return { sha256, mediaType: row.media_type, public: row.public, content: row.content };
  }

  /** Forgets the content and keeps the fact that it was there. */
  async erase(sha256: string): Promise<void> {
    await this.database
      .pool('documents')
      .query(
        'update documents.documents set content = null, erased_at = now() where sha256 = $1 and content is not null',
        [sha256],
      );
  }

  /** Removes documents older than a day that no event names; see `sweepUnnamed`. */
  sweep(named: Named, olderThan = '1 day'): Promise<number> {
    const rows = { schema: 'documents', table: 'documents', key: 'sha256' } as const;
    return sweepUnnamed(this.database.pool('documents'), rows, named, olderThan);
  }
}
