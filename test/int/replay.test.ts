import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { boxIndex } from '../../src/projections/box-index.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { auditedElection } from '../support/audited-election.js';

describe('isoloir replay', () => {
  it('rebuilds the box from a bundle as the service has it, and as it stood before', async () => {
    const made = await auditedElection({ scrutins: 1 });
    const folder = await mkdtemp(join(tmpdir(), 'isoloir-replay-test-'));
    const projections = new Projections(made.store, made.database, [boxIndex]);
    projections.start();
    try {
      const file = join(folder, 'bundle.jsonl');
      await writeFile(file, await made.bundle('auditor'));
      const rowsAt = async (...options: string[]) => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [resolve('bin/isoloir.js'), 'replay', file, ...options],
          { maxBuffer: 1e8 },
        );
        const lines = stdout.split('\n').filter((line) => line !== '');
        return lines.map((line) => JSON.parse(line) as { table: string; row: unknown });
      };
      const of = (rows: { table: string; row: unknown }[], table: string) =>
        rows.filter((one) => one.table === table).map(({ row }) => row);
      expect(await projections.waitFor('box_index', await made.store.head(), 60_000)).toBe(true);
      const now = await rowsAt();
      for (const table of boxIndex.tables) {
        const { rows } = await made.database
          .pool('box')
          .query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`);
        expect([table, of(now, table)]).toEqual([table, rows.map(({ row }) => row)]);
      }
      expect(of(now, 'read_box.ballots')).toHaveLength(7);
      const before = await rowsAt('--at', '2022-12-01T09:00:00+01:00');
      expect(of(before, 'read_box.ballots')).toHaveLength(4);
    } finally {
      await projections.stop();
      await made.close();
      await rm(folder, { recursive: true });
    }
  });
});
