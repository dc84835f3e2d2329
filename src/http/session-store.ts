import { createHash } from 'node:crypto';
import session, { type SessionData } from 'express-session';
import type { Database } from '../storage/database.js';
import { Gathering } from '../storage/gathering.js';

const GRAIN = 10 * 60_000; // expiry is rounded up to ten minutes: it must not date what was done last (design 3, point 8)

const STATION_IDLE = 5; // minutes: the page itself signs out after two

/** How long a session lives, in minutes. */
export interface SessionLimits {
  /** Without a request. */
  readonly idle: number;
  /** After the sign-in, or after the session began where nobody signed in; whatever happens. */
  readonly longest: number;
}

const INSERT = `insert into vault.sessions (digest, owner, data, expires_at) values ($1, $2, $3, $4)
  on conflict (digest) do update set owner = excluded.owner, data = excluded.data, expires_at = excluded.expires_at`;
const UPDATE = 'update vault.sessions set owner = $2, data = $3, expires_at = $4 where digest = $1';

/** Marks the session of a request that nobody made by hand: it does not keep the session alive. */
export const AUTOMATIC = Symbol('automatic');

type Touched = SessionData & { readonly [AUTOMATIC]?: true };
type Done<T = void> = (error: unknown, value?: T) => void;

/**
 * Sessions in the vault. The row is found by a hash of what the cookie holds, and is written only when something changed or
 * the rounded expiry moved: once in ten minutes for who only reads.
 */
export class SessionStore extends session.Store {
  private readonly finding = new Gathering((sids: readonly string[]) => this.findAll(sids));

  constructor(
    private readonly database: Database,
    private readonly limits: SessionLimits,
    private readonly now: () => number,
  ) {
    super();
  }

  override get(sid: string, done: Done<SessionData | null>): void {
    answer(this.finding.ask(sid), done);
  }

  override set(sid: string, data: SessionData, done: Done = () => undefined): void {
    answer(this.write(sid, data), done);
  }

  override touch(sid: string, data: Touched, done: Done = () => undefined): void {
    const expires = this.expiry(data);
    const text = 'update vault.sessions set expires_at = $2 where digest = $1';
    const moved = expires !== data.idleUntil;
    // Never at once: express-session has yet to send the body when it asks.
    answer(moved ? this.run(text, [digestOf(sid), expires]) : Promise.resolve(), done);
  }

  override destroy(sid: string, done: Done = () => undefined): void {
    answer(this.run('delete from vault.sessions where digest = $1', [digestOf(sid)]), done);
  }

  /** Ends every session of an elector or of one of the staff: another password, a role taken away. */
  async endAllOf(owner: string): Promise<void> {
    await this.run('delete from vault.sessions where owner = $1', [owner]);
  }

  /** Removes what is over. */
  async sweep(): Promise<void> {
    await this.run('delete from vault.sessions where expires_at <= $1', [new Date(this.now())]);
  }

  private async findAll(sids: readonly string[]): Promise<(SessionData | null)[]> {
    const digests = sids.map(digestOf);
    const { rows } = await this.database
      .pool('vault')
      .query<{ digest: Buffer; data: string; expires_at: Date }>({
        name: 'find-sessions',
        text: 'select digest, data, expires_at from vault.sessions where digest = any ($1) and expires_at > $2',
        values: [digests, new Date(this.now())],
      });
    const found = new Map(rows.map((row) => [row.digest.toString('hex'), row]));
    return digests.map((digest) => {
      const row = found.get(digest.toString('hex'));
      if (!row) return null;
      // Parsed for each request: it changes its own.
      const data = JSON.parse(row.data) as SessionData;
      return { ...data, idleUntil: row.expires_at.toISOString(), asRead: digestOf(row.data).toString('hex') };
    });
  }

  /** Writes what is not written already: a page saves its session whether or not it changed it. */
  private async write(sid: string, data: Partial<Touched>): Promise<void> {
    const owner = ownerOf(data);
    if (!data.passport) data.begunAt ??= tenMinutesOf(this.now());
    const kept = { ...data };
    delete kept.idleUntil;
    delete kept.asRead;
    const text = JSON.stringify(kept);
    const expires = this.expiry(data);
    const asRead = digestOf(text).toString('hex');
    if (data.asRead === asRead && data.idleUntil === expires) return;
    // One that was read is never inserted: it may have been ended while its request was on the way.
    await this.run(data.asRead === undefined ? INSERT : UPDATE, [digestOf(sid), owner, text, expires]);
    Object.assign(data, { idleUntil: expires, asRead });
  }

  /** When a session ends if nothing more is asked, and what time it is by the same clock: for the warning on pages. */
  ends(data: Partial<SessionData>): { readonly at: Date; readonly now: Date } {
    return { at: new Date(this.expiry(data)), now: new Date(this.now()) };
  }

  private expiry({ station, idleUntil, [AUTOMATIC]: automatic, ...data }: Partial<Touched>): string {
    if (automatic && idleUntil !== undefined) return idleUntil;
    const idle = this.now() + (station ? STATION_IDLE : this.limits.idle) * 60_000;
    const since = data.signedInAt ?? data.begunAt;
    const last = since === undefined ? idle : Date.parse(since) + this.limits.longest * 60_000;
    return new Date(Math.ceil(Math.min(idle, last) / GRAIN) * GRAIN).toISOString();
  }

  private async run(text: string, values: unknown[]): Promise<void> {
    await this.database.pool('vault').query(text, values);
  }
}

/** Whose session it is, also before the sign-in of who opened a link: `endAllOf` ends those too. */
function ownerOf({ passport, link }: Partial<SessionData>): string | undefined {
  const user = passport?.user;
  if (user) return user.kind === 'elector' ? user.electorId : user.staffId;
  return link?.electorId;
}

/** The ten minutes that an instant lies in: when exactly somebody came is written down no more than when they left. */
function tenMinutesOf(now: number): string {
  return new Date(Math.floor(now / GRAIN) * GRAIN).toISOString();
}

function digestOf(sid: string): Buffer {
  return createHash('sha256').update(`isoloir/session/v1\n${sid}`).digest();
}

function answer<T>(work: Promise<T>, done: Done<T>): void {
  work.then(
    (value) => {
      done(null, value);
    },
    (error: unknown) => {
      done(error);
    },
  );
}
