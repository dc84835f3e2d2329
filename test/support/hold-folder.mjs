// Starts the embedded PostgreSQL on a folder, says so in one line, and stops it at SIGTERM.
// Arguments: folder, then optionally a JSON object: { umask, platform, arch } to pretend.
import { setTimeout as sleep } from 'node:timers/promises';

const [folder, pretend = '{}'] = process.argv.slice(2);
const { umask, platform, arch } = JSON.parse(pretend);
if (umask !== undefined) process.umask(umask);
if (platform) Object.defineProperty(process, 'platform', { value: platform });
if (arch) Object.defineProperty(process, 'arch', { value: arch });
const { startEmbeddedPostgres } = await import('../../dist/storage/embedded-postgres.js');

const from = performance.now();
try {
  const server = await startEmbeddedPostgres(folder);
  process.once('SIGTERM', async () => {
    await server.stop();
    process.exit(0);
  });
  const { url, ownerUrl, folder: place } = server;
  console.log(JSON.stringify({ url, ownerUrl, place }));
  await sleep(600_000);
} catch (error) {
  const took = performance.now() - from;
  console.log(JSON.stringify({ error: error.name, message: error.message, took }));
}
