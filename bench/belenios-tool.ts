import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveChain } from '../src/crypto/archive-events.js';
import { writeArchive, type ArchiveRecord } from '../src/crypto/archive.js';
import type { Poll } from '../src/crypto/election.js';
import { proofJson, proveKnowledge } from '../src/crypto/proof-of-knowledge.js';

/** The version of the belenios-tool on the PATH, when there is one. */
export function toolVersion(): string | undefined {
  const { stdout, status } = spawnSync('belenios-tool', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Two archives of one election in a folder of their own: one without ballots, one with all of them. */
export interface ToolArchives {
  readonly empty: string;
  readonly full: string;
  readonly remove: () => void;
}

/** Writes the archives that `toolMilliseconds` times. One trustee. */
export function toolArchives(poll: Poll, privateKey: bigint, ballots: readonly string[]): ToolArchives {
  const { election, group } = poll;
  const pok = proveKnowledge(group, `pok|${group.name}|${election.publicKey}|`, privateKey, randomBytes);
  const trustees = JSON.stringify([['Single', { pok: proofJson(pok), public_key: election.publicKey }]]);
  const credentials = JSON.stringify(
    ballots.map((text) => (JSON.parse(text) as { credential: string }).credential).toSorted(),
  );
  const root = mkdtempSync(join(tmpdir(), 'bench-crypto-'));
  const write = (name: string, texts: readonly string[]) => {
    const records: ArchiveRecord[] = [];
    const chain = new ArchiveChain((record) => records.push(record));
    chain.setup(election.raw, trustees, credentials);
    for (const text of texts) chain.ballot(text);
    mkdirSync(join(root, name));
    writeFileSync(
      join(root, name, `${election.uuid}.bel`),
      writeArchive({ timestamp: '1700000000', records }),
    );
    return join(root, name);
  };
  return {
    empty: write('empty', []),
    full: write('full', ballots),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}

/** CPU milliseconds of `election verify` on an archive, as the shell counts them. Throws when it is refused. */
export function toolMilliseconds(folder: string): number {
  const script = 'TIMEFORMAT="%U %S"; time belenios-tool election verify --dir "$1" >/dev/null 2>/dev/null';
  const output = execFileSync('bash', ['-c', `exec 2>&1; ${script} || exit 1`, 'bash', folder], {
    encoding: 'utf8',
  });
  const [user = 0, system = 0] = output.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
