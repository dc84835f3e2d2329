import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import type { Database } from '../storage/database.js';
import { Gathering } from '../storage/gathering.js';

/** The key that wraps all others is missing or malformed; the message names the file and what it must hold. */
export class BadKeyFile extends Error {
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}; it must hold 32 random bytes in base64 (openssl rand -base64 32)`);
    this.name = 'BadKeyFile';
  }
}

const NONCE = 12;
const TAG = 16;

/** Keys that can die: stored only wrapped, so that a back-up of the database without the wrapping key holds none. */
export class VaultKeys {
  private readonly finding = new Gathering((names: readonly string[]) => this.findAll(names));

  constructor(
    private readonly database: Database,
    private readonly wrappingKey: Buffer,
  ) {}

  /** The key of this name (32 bytes), made on first use by whichever instance comes first. */
  async obtain(name: string): Promise<Buffer> {
    await this.database
      .pool('vault')
      .query('insert into vault.keys (name, wrapped) values ($1, $2) on conflict do nothing', [
        name,
        this.wrap(name, randomBytes(32)),
      ]);
    const key = await this.find(name);
    if (!key) throw new Error(`key ${name} was destroyed while it was being made`);
    return key;
  }

  /** The key of this name, undefined when it was never made or is destroyed. */
  async find(name: string): Promise<Buffer | undefined> {
    const wrapped = await this.finding.ask(name);
    return wrapped && this.unwrap(name, wrapped);
  }

  /** Deletes a key for good; back-ups hold it wrapped only. Destroying twice is no error. */
  async destroy(name: string): Promise<void> {
    await this.database.pool('vault').query('delete from vault.keys where name = $1', [name]);
  }

  /** Whether our wrapping key opens what was wrapped under this name. */
  opens(name: string, wrapped: Buffer): boolean {
    try {
      this.unwrap(name, wrapped);
      return true;
    } catch {
      return false;
    }
  }

  private async findAll(names: readonly string[]): Promise<(Buffer | undefined)[]> {
    const { rows } = await this.database.pool('vault').query<{ name: string; wrapped: Buffer }>({
      name: 'find-keys',
      text: 'select name, wrapped from vault.keys where name = any ($1)',
      values: [[...new Set(names)]],
    });
    const found = new Map(rows.map(({ name, wrapped }) => [name, wrapped]));
    return names.map((name) => found.get(name));
  }

  private wrap(name: string, key: Buffer): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.wrappingKey, nonce).setAAD(Buffer.from(name));
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  private unwrap(name: string, wrapped: Buffer): Buffer {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.wrappingKey, wrapped.subarray(0, NONCE), {
        authTagLength: TAG,
      })
        .setAAD(Buffer.from(name))
        .setAuthTag(wrapped.subarray(-TAG));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE, -TAG)), decipher.final()]);
    } catch (cause) {
      throw new Error(`key ${name} cannot be unwrapped: it was changed, or wrapped by another wrapping key`, {
        cause,
      });
    }
  }
}

/** Reads the wrapping key; with `create`, makes it on first use (demonstration). Throws `BadKeyFile`. */
export async function readWrappingKey(path: string, create = false): Promise<Buffer> {
  if (create && !existsSync(path)) await makeWrappingKey(path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new BadKeyFile(path, 'cannot be read');
  });
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) throw new BadKeyFile(path, `holds ${key.length} bytes`);
  return key;
}

/** Made beside its place and linked to it, so that two that come first at once read one whole key. */
async function makeWrappingKey(path: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  await writeFile(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    await link(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(fresh);
  }
}
