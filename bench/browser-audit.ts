/**
 * How long a tab of Chromium takes to audit a box, and how long its page ever stands still meanwhile. BALLOTS says how many
 * (1,000). `npm run bench:browser`; the last line is JSON.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverGroup } from '../src/crypto/server-groups.js';
import { withScript, withWorkers } from '../src/http/offline-page.js';
import { render } from '../src/http/views.js';
import { openBrowser } from '../test/support/browser.js';
import { archiveOf, makeElection, makeKey, tallied, vote } from '../test/unit/crypto/made-election.js';

const count = Number(process.env['BALLOTS'] ?? 1_000);
const folder = await mkdtemp(join(tmpdir(), 'bench-browser-'));
const group = await serverGroup('Ed25519');
const key = makeKey(group);
const { pieces, poll } = makeElection(group, key);
const secrets = Array.from({ length: count }, (_, i) => BigInt(i + 1));
const ballots = secrets.map((secret, i) => vote(poll, secret, i % 3));
const credentials = secrets.map((secret) => group.print(group.g.exp(secret))).sort();
await writeFile(
  join(folder, 'box.bel'),
  archiveOf({ ...pieces, credentials, ballots, ...tallied(poll, key, ballots, [2, 3, 6]) }),
);
const page = await withScript(render('box-audit-offline', { title: 'Vérifier l’urne' }), 'box-audit');
await writeFile(join(folder, 'page.html'), await withWorkers(page, 'box-audit-worker'));

const browser = await openBrowser();
try {
  const tab = await browser.newPage();
  await tab.goto(`file://${join(folder, 'page.html')}`);
  await tab.locator('#archive').setInputFiles(join(folder, 'box.bel'));
  // The longest that a timer of ten milliseconds was kept waiting: what whoever uses the page would feel.
  await tab.evaluate(`(() => {
    window.longest = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      last = now;
    }, 10);
  })()`);
  const start = performance.now();
  await tab.locator('[data-go]').click();
  await tab.locator('[data-said] h2').waitFor({ timeout: 600_000 });
  const seconds = (performance.now() - start) / 1000;
  const verdict = await tab.locator('[data-said] h2').textContent();
  if (!verdict?.startsWith('Cette urne est conforme'))
    throw new Error(`the box was found: ${String(verdict)}`);
  const standstill = Math.round(Number(await tab.evaluate('window.longest')));
  const cores = availableParallelism();
  console.log(
    `${count} ballots of three answers audited in ${seconds.toFixed(1)} s by Chromium on ${cores} cores; the page never stood still for more than ${standstill} ms.`,
  );
  console.log(JSON.stringify({ bench: 'browser-audit', ballots: count, cores, seconds, standstill }));
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
