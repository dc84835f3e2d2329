import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { join } from 'node:path';
import { parsePublic } from '../../crypto/group.js';
import { Malformed } from '../../crypto/malformed.js';
import { serverGroup } from '../../crypto/server-groups.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  BadKeyFiles,
  credentialsFile,
  readCredentials,
  readGateKeys,
  readManifest,
  type GateKeyLine,
  type KeyManifest,
} from '../../notices/key-files.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { CredentialLists } from '../../vault/credential-lists.js';
import { IssueVotingCode } from './notices.commands.js';

/** What became of an import. */
export interface Imported {
  readonly issued: number;
  /** They had this very code: the import was run before. */
  readonly already: number;
  /** Who needs another notice (`--pending`), by the reason. */
  readonly left: Readonly<Record<string, number>>;
  readonly credentials: number;
}

const AT_ONCE = 256; // appends under way: the ledger groups them

/**
 * Takes in what the maker of notices made: public keys, elector by elector, and public credentials, scrutin by scrutin.
 * Everything is read and checked before anything is written; after an interruption the same import goes on.
 */
@Injectable()
export class KeyImport {
  constructor(
    private readonly database: Database,
    private readonly lists: CredentialLists,
    private readonly commands: CommandBus,
  ) {}

  /** Imports the folder `keys` of a make, or the folder around it. `progress` is told how many electors are done. */
  async run(
    given: string,
    progress: (done: number, electors: number) => void = () => undefined,
  ): Promise<Imported> {
    const { folder, manifest } = await open(given);
    await this.checkScrutins(manifest);
    await readAll(readGateKeys(folder, manifest)); // all lines are well formed, and all there
    let credentials = 0;
    for (const one of manifest.scrutins) credentials += (await this.checked(folder, one)).length;
    // The credentials first: whoever has a code can then vote with it.
    for (const one of manifest.scrutins)
      await this.lists.put(one.scrutinId, await readCredentials(folder, one));
    return { ...(await this.issueAll(folder, manifest, progress)), credentials };
  }

  private async checkScrutins({ electionId, scrutins }: KeyManifest): Promise<void> {
    const known = new Set(
      (await scrutinsOfElection(this.database.pool('register'), electionId)).map(
        ({ scrutinId }) => scrutinId,
      ),
    );
    const stranger = scrutins.find(({ scrutinId }) => !known.has(scrutinId));
    if (stranger)
      throw new Refusal(
        'notices.unknown-scrutin',
        `Scrutin ${stranger.scrutinId} is not of election ${electionId}.`,
      );
  }

  /** The lines of a list, each an element of its group (protocol G3, G4). */
  private async checked(folder: string, one: KeyManifest['scrutins'][number]): Promise<readonly string[]> {
    const lines = await readCredentials(folder, one);
    const { rows } = await this.database
      .pool('register')
      .query<{ group: 'Ed25519' | 'BELENIOS-2048' }>(
        'select "group" from read_register.scrutins where scrutin_id = $1',
        [one.scrutinId],
      );
    const group = await serverGroup(rows[0]?.group ?? 'Ed25519');
    for (const [index, line] of lines.entries()) {
      try {
        parsePublic(group, line, `line ${index + 1}`);
      } catch (error) {
        if (error instanceof Malformed) throw new BadKeyFiles(credentialsFile(one.scrutinId), error.message);
        throw error;
      }
    }
    return lines;
  }

  /**
   * Many appends at once, in the order of the random ids of electors, dated to the minute: neither order nor time says in
   * which order notices were made.
   */
  private async issueAll(
    folder: string,
    manifest: KeyManifest,
    progress: (done: number, electors: number) => void,
  ): Promise<Omit<Imported, 'credentials'>> {
    const lines = readGateKeys(folder, manifest);
    const counts = { issued: 0, already: 0, left: {} as Record<string, number> };
    let done = 0;
    const work = async () => {
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        const outcome = await this.issue(next.value, manifest);
        if (outcome === 'issued' || outcome === 'already') counts[outcome] += 1;
        else counts.left[outcome] = (counts.left[outcome] ?? 0) + 1;
        progress(++done, manifest.gateKeys.count);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return counts;
  }

  private async issue(
    { electorId, gateKey, scrutins, replaces }: GateKeyLine,
    manifest: KeyManifest,
  ): Promise<string> {
    const scrutinIds = scrutins.map((place) => manifest.scrutins[place]?.scrutinId ?? '');
    try {
      const { added } = await this.commands.execute<IssueVotingCode, Executed>(
        new IssueVotingCode(electorId, gateKey, scrutinIds, replaces),
      );
      return added > 0 ? 'issued' : 'already';
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }
}

async function readAll(lines: AsyncGenerator): Promise<void> {
  while ((await lines.next()).done !== true);
}

async function open(given: string): Promise<{ folder: string; manifest: KeyManifest }> {
  const inside = join(given, 'keys');
  const found = await readManifest(inside).catch(() => undefined);
  return found ? { folder: inside, manifest: found } : { folder: given, manifest: await readManifest(given) };
}
