import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { parse } from 'csv-parse/sync';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { deriveGateKey } from '../crypto/gate-key.js';
import type { VotingCode } from '../crypto/voting-code.js';
import { ElectorExport } from '../modules/notices/elector-export.js';
import { KeyImport } from '../modules/notices/key-import.js';
import { makeNotices } from '../notices/make-notices.js';

/**
 * Makes notices as for a printing firm, imports what the server may know of them, and reads the codes as the firm would.
 * Gives each code by the public half of its gate key, which is how an elector is found again.
 */
export async function giveOutCodes(
  app: INestApplicationContext,
  electionId: string,
  folder: string,
): Promise<ReadonlyMap<string, VotingCode>> {
  const identity = await generateIdentity();
  const [electors, notices] = [join(folder, 'electors.jsonl'), join(folder, 'notices')];
  const portal = 'https://scrutin-a-blanc.invalid';
  const lines = app.get(ElectorExport, { strict: false }).lines({ electionId, portal, pending: false });
  await pipeline(lines, createWriteStream(electors, { mode: 0o600 }));
  const printerKey = await identityToRecipient(identity);
  await makeNotices({ electors, folder: notices, pdf: false, printerKey, threads: 1 });
  await app.get(KeyImport, { strict: false }).run(notices);
  const codes = new Map<string, VotingCode>();
  for (const name of await readdir(notices, { recursive: true })) {
    if (!name.endsWith('.age')) continue;
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const csv = await decrypter.decrypt(await readFile(join(notices, name)), 'text');
    const rows: { code_de_vote: VotingCode }[] = parse(csv, { delimiter: ';', columns: true });
    for (const { code_de_vote: code } of rows) codes.set(deriveGateKey(electionId, code).publicKey, code);
  }
  return codes;
}
