import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allProjections, Projections } from '../../src/projections/projections.js';
import { auditedElection } from '../support/audited-election.js';
import { fetched } from '../support/fetched.js';

jest.setTimeout(180_000);

interface Row {
  readonly table: string;
  readonly row: Record<string, unknown>;
}

let made: Awaited<ReturnType<typeof auditedElection>>;
let folder: string;
let file: string;
let projections: Projections;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  [made, folder] = await Promise.all([auditedElection(), mkdtemp(join(tmpdir(), 'isoloir-replay-test-'))]);
  file = join(folder, 'bundle.jsonl');
  await writeFile(file, await made.bundle('auditor'));
  projections = new Projections(made.store, made.database);
  projections.start();
  for (const { name } of allProjections)
    expect(await projections.waitFor(name, await made.store.head(), 60_000)).toBe(true);
  environment = {
    ...process.env,
    ...{
      ISOLOIR_MODE: 'demonstration',
      DATABASE_URL: made.url,
      DATABASE_OWNER_URL: made.ownerUrl,
      ISOLOIR_DATA: folder,
    },
  };
});
afterAll(async () => {
  await projections.stop();
  await made.close();
  await rm(folder, { recursive: true });
});

const isoloir = (...parameters: string[]) =>
  [process.execPath, [resolve('bin/isoloir.js'), 'replay', ...parameters]] as const;

/** The rows that a replay of the bundle prints. */
async function replayed(...options: string[]): Promise<Row[]> {
  const { stdout } = await promisify(execFile)(...isoloir(file, ...options), { maxBuffer: 1e8 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

const of = (rows: readonly Row[], name: string) =>
  rows.filter(({ table }) => table === name).map(({ row }) => row);

describe('isoloir replay of a bundle', () => {
  it('rebuilds every table of every read model as the service has it', async () => {
    const now = await replayed();
    const empty: string[] = [];
    for (const { role, tables } of allProjections) {
      for (const table of tables) {
        const { rows } = await made.database.pool(role).query<{
          row: unknown;
        }>(`select to_jsonb(t) as row from ${table} t order by (to_jsonb(t)::text) collate "C"`);
        expect([table, of(now, table)]).toEqual([table, rows.map(({ row }) => row)]);
        if (rows.length === 0) empty.push(table);
      }
    }
    // What this election has nothing of; all else was compared with rows in it.
    expect(empty.sort()).toEqual(
      ['assistance', 'claims', 'earlier_turnout', 'mail_links', 'mailings', 'staff_changes'].map(
        (name) => `read_register.${name}`,
      ),
    );
  });

  it('rebuilds lists, register, turnout, box and tally as they stood at an instant', async () => {
    const at = async (instant: string) => {
      const rows = await replayed('--at', instant);
      const counted = (table: string) => of(rows, table).length;
      return {
        electors: counted('read_register.electors'),
        ballots: counted('read_box.ballots'),
        signatures: counted('read_box.used_tags'),
        results: of(rows, 'read_register.tallies').filter(({ phase }) => phase === 'proclaimed').length,
      };
    };
    const voters = { electors: 9 };
    expect(await at('2022-12-01T09:00:00+01:00')).toEqual({
      ...voters,
      ballots: 8,
      signatures: 8,
      results: 0,
    });
    expect(await at('2022-12-31T00:00+01:00')).toEqual({
      ...voters,
      ballots: 14,
      signatures: 14,
      results: 2,
    });
    await expect(at('yesterday')).rejects.toThrow('takes an instant');
  });

  it('prints one table, or serves all', async () => {
    const rows = await replayed('--table', 'read_box.ballots');
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['read_box.ballots']));
    const child = spawn(...isoloir(file, '--serve', '0'), { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const tables = (await (await fetch(url)).text()).trimEnd().split('\n');
    expect(tables).toHaveLength(allProjections.flatMap((one) => one.tables).length);
    const served = (await (await fetch(`${url}read_box.ballots`)).text()).trimEnd().split('\n');
    expect(served.map((line) => JSON.parse(line) as unknown)).toEqual(rows.map(({ row }) => row));
    expect((await fetched(`${url}nothing`)).status).toBe(404);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('isoloir replay --live', () => {
  const live = () => promisify(execFile)(...isoloir('--live'), { env: environment });

  it('finds every read model of the service to be what its events give', async () => {
    const { stdout } = await live();
    expect(stdout).toContain('read_box.ballots: 14 rows, the same');
    expect(stdout).toContain('Every read model is what its events give.');
    expect(stdout.split('\n').filter((line) => line.includes('rows, '))).toHaveLength(
      allProjections.flatMap((one) => one.tables).length,
    );
  });

  it('says which row is another', async () => {
    const flip =
      'update read_box.used_tags set tag = set_bit(tag, 3, 1 - get_bit(tag, 3)) where tag = (select min(tag) from read_box.used_tags)';
    await made.asOwner(flip);
    const failure = await live().catch((error: unknown) => error as { code: number; stdout: string });
    expect(failure).toMatchObject({ code: 1 });
    expect(failure.stdout).toContain('read_box.used_tags: 14 rows, 2 DIFFER\n  only in the');
    expect(failure.stdout).toContain('2 rows differ.');
  });
});
