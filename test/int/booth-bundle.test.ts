import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { boothHash, boothIntegrity } from '../../src/http/booth-file.js';

/** What an elector on a slow line downloads: the limit may go down, never up. */
const MAX_GZIPPED = 43_000;

const root = join(import.meta.dirname, '../..');
const served = join(root, 'dist/assets/booth.js');

/** Builds the script again with the words of package.json, in another folder; gives it and what it is made of. */
function buildAgain(): { script: Buffer; inputs: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'booth-'));
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { build: string };
  };
  const words =
    scripts.build.split('&&').find((part) => part.includes('--outfile=dist/assets/booth.js')) ?? '';
  const [script, meta] = [join(folder, 'booth.js'), join(folder, 'meta.json')];
  const command = words.trim().replace('dist/assets/booth.js', script).split(' ').slice(1);
  try {
    execFileSync(join(root, 'node_modules/.bin/esbuild'), [...command, `--metafile=${meta}`], { cwd: root });
    const { inputs } = JSON.parse(readFileSync(meta, 'utf8')) as { inputs: Record<string, unknown> };
    return { script: readFileSync(script), inputs: Object.keys(inputs) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the script of the booth', () => {
  const { script, inputs } = buildAgain();

  it('is the same, to the byte, whenever and wherever it is built (DH-5)', () => {
    expect(createHash('sha256').update(script).digest('hex')).toBe(boothHash());
    expect(boothIntegrity(boothHash())).toBe(`sha256-${Buffer.from(boothHash(), 'hex').toString('base64')}`);
  });

  it(`is at most ${MAX_GZIPPED} bytes gzipped`, () => {
    expect(gzipSync(readFileSync(served), { level: 9 }).length).toBeLessThanOrEqual(MAX_GZIPPED);
  });

  it('is made of our own code and of four libraries', () => {
    const ours = /^src\/(browser|crypto)\/|^src\/http\/paris-time\.ts$/;
    const libraries = /^node_modules\/(@noble\/(curves|hashes)|qrcode|dijkstrajs|altcha-lib)\//;
    expect(inputs.filter((path) => !ours.test(path) && !libraries.test(path))).toEqual([]);
  });

  it('makes no code of text and asks no other host', () => {
    const text = script.toString();
    expect(text).not.toMatch(
      /\beval\(|new Function|innerHTML|document\.write|importScripts|localStorage|sessionStorage/,
    );
    // Names of XML, in pictures and in the metadata of a PDF: nobody fetches them.
    const names = new Set(['http://www.w3.org', 'http://purl.org']);
    expect(text.match(/https?:\/\/[\w.]+/g)?.filter((url) => !names.has(url)) ?? []).toEqual([]);
  });
});
