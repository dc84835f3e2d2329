import { setTimeout as sleep } from 'node:timers/promises';
import { Audit, type AuditOptions, type AuditReport } from '../auditor/audit.js';
import { linesOf, readLine, Unreadable } from '../auditor/bundle-lines.js';
import { parseSignedCheckpoint } from '../crypto/checkpoint.js';
import { parseNoteKey } from '../crypto/signed-note.js';
import { FollowedLedger } from './followed-ledger.js';
import type { PortalSession } from './portal-session.js';

export interface Following extends AuditOptions {
  /** Where the auditor's own copy of the ledger is kept. */
  readonly folder: string;
  /** Ends when all that was signed at the beginning has come, not with the election. */
  readonly once: boolean;
  /** Ends the following: what has come by then is reported. */
  readonly signal: AbortSignal;
}

const AGAIN = 2_000; // milliseconds until a lost connection is tried again

/**
 * Audits a ledger while it grows, as an auditor who is signed in: every ballot is checked when it comes, so that the closing
 * leaves only the tail. Ends by itself when all minutes are signed. Called again with the same folder it goes on.
 */
export async function followAudit(
  portal: PortalSession,
  { folder, once, signal, ...options }: Following,
): Promise<AuditReport> {
  const key = (options.key ?? (await portal.text('/transparence/cle'))).trim();
  const upTo = once ? parseSignedCheckpoint(await portal.text('/transparence/checkpoint')).size : Infinity;
  const { name: origin } = parseNoteKey(key);
  const ledger = await FollowedLedger.open(folder);
  const header = { bundle: 'isoloir/bundle/v1', kind: 'auditor', origin, key } as const;
  const audit = new Audit(header, { ...options, live: true });
  try {
    if (ledger.isEmpty) await ledger.add(`${JSON.stringify(header)}\n`);
    else await replay(ledger, audit, origin);
    while (!signal.aborted && !audit.finished && audit.signed < upTo) {
      await receive(portal, ledger, audit, signal, () => audit.finished || audit.signed >= upTo);
    }
    return await audit.end();
  } finally {
    await ledger.close();
    await audit.close();
  }
}

/** Audits what was kept before. */
async function replay(ledger: FollowedLedger, audit: Audit, origin: string): Promise<void> {
  const lines = linesOf(ledger.pieces());
  const first = await lines.next();
  const header = first.done ? undefined : readLine(first.value);
  if (header?.line !== 'header' || header.header.origin !== origin)
    throw new Unreadable('this folder follows another ledger');
  for await (const text of lines) await audit.line(readLine(text));
}

/** Takes in what comes, until the connection ends or enough has come. */
async function receive(
  portal: PortalSession,
  ledger: FollowedLedger,
  audit: Audit,
  signal: AbortSignal,
  enough: () => boolean,
): Promise<void> {
  const query = ledger.after === undefined ? '' : `?after=${encodeURIComponent(ledger.after)}`;
  const over = new AbortController();
  try {
    const feed = await portal.stream(`/api/audit/events${query}`, AbortSignal.any([signal, over.signal]));
    let event: string[] = [];
    for await (const line of linesOf(feed)) {
      if (line.startsWith('data: ')) event.push(line.slice('data: '.length));
      if (!line.startsWith('id: ')) continue;
      await ledger.add(event.map((one) => `${one}\n`).join(''), line.slice('id: '.length));
      const signed = audit.signed;
      for (const one of event) await audit.line(readLine(one));
      event = [];
      if (audit.signed > signed) await ledger.save();
      if (enough()) break;
    }
  } catch (error) {
    if (!isLost(error)) throw error;
    if (!signal.aborted) await sleep(AGAIN, undefined, { signal }).catch(() => undefined);
  } finally {
    over.abort();
    await ledger.save();
  }
}

/** A connection that ended, or was ended. */
function isLost(error: unknown): boolean {
  return error instanceof TypeError || (error as Error).name === 'AbortError';
}
