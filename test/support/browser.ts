import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** Nothing of ours needs a sandbox, a graphics card or a word with the makers of the browser. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless Chromium: that of CHROMIUM_PATH or of the machine, or else the one inside an npm package, with the
 * libraries that a bare machine lacks.
 */
export async function openBrowser(): Promise<Browser> {
  const installed = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: FLAGS });
  const folder = await unpacked();
  const options = { executablePath: join(folder, 'chromium'), args: FLAGS };
  return chromium.launch(options).catch(() => {
    const libraries = {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    };
    return chromium.launch({ ...options, env: { ...process.env, ...libraries } });
  });
}

/** The package unpacks itself into the folder for temporary files: this gives it one of its own, once. */
async function unpacked(): Promise<string> {
  const folder = resolve('node_modules/.cache/isoloir/chromium');
  if (existsSync(folder)) return folder;
  await mkdir(resolve(folder, '..'), { recursive: true });
  const making = await mkdtemp(`${folder}-`);
  const unpack = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())";
  // With this variable it unpacks its libraries too.
  const env = { ...process.env, TMPDIR: making, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await promisify(execFile)(process.execPath, ['-e', unpack], { env });
  await rename(making, folder).catch(() => rm(making, { recursive: true })); // somebody else was first
  return folder;
}
