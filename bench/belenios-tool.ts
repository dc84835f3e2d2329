import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveChain } from '../src/crypto/archive-events.js';
import { writeArchive, type ArchiveRecord } from '../src/crypto/archive.js';
import type { Poll } from '../src/crypto/election.js';
import { proofJson, proveKnowledge } from '../src/crypto/proof-of-knowledge.js';

/** A belenios-tool that is there to compare with. */
export interface Tool {
  readonly command: string;
  readonly version: string;
}

/** The tools named in BELENIOS_TOOLS (paths, separated by colons), otherwise the belenios-tool on the PATH. */
export function findTools(): Tool[] {
  return (process.env['BELENIOS_TOOLS'] ?? 'belenios-tool').split(':').flatMap((command) => {
    const { stdout, status } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    return status === 0 ? [{ command, version: stdout.trim() }] : [];
  });
}

/** Version 2 knows BELENIOS-2048 only. */
export function speaks(tool: Tool, group: string): boolean {
  return group === 'BELENIOS-2048' || !tool.version.startsWith('2.0');
}

/** One election in a folder of its own: an archive without ballots, one with all of them, and the ballots. */
export interface ToolArchives {
  readonly empty: string;
  readonly full: string;
  /** A file for each ballot. */
  readonly ballots: readonly string[];
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
    ballots: ballots.map((text, i) => {
      const file = join(root, `ballot-${i}.json`);
      writeFileSync(file, text);
      return file;
    }),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}

/**
 * CPU milliseconds that a tool takes for one ballot, its start-up taken off. Version 2: `election verify` with the ballots
 * less without. Version 3, whose `election verify` does not reliably check ballots: `election verify-ballot` on each, and
 * beside each a start, which takes half as long as a ballot and varies as much.
 */
export function toolMilliseconds(tool: Tool, archives: ToolArchives): number {
  const startUp = () => cpuMilliseconds(tool, 'verify', archives.empty);
  if (tool.version.startsWith('2.')) {
    return (cpuMilliseconds(tool, 'verify', archives.full) - startUp()) / archives.ballots.length;
  }
  const each = archives.ballots.map(
    (file) => cpuMilliseconds(tool, 'verify-ballot', archives.empty, '--ballot', file) - startUp(),
  );
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}

/** As the shell counts them. Throws when the tool refuses. */
function cpuMilliseconds(tool: Tool, verb: string, folder: string, ...rest: readonly string[]): number {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null';
  const command = [tool.command, 'election', verb, '--dir', folder, ...rest];
  const output = execFileSync('bash', ['-c', `exec 2>&1; ${script} || exit 1`, 'bash', ...command], {
    encoding: 'utf8',
  });
  const [user = 0, system = 0] = output.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
