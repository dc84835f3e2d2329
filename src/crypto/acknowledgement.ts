/** The promise that a ballot is in the box: what the server signs and the booth checks. docs/protocol.md, A1. */
import { ed25519 } from '@noble/curves/ed25519.js';

const utf8 = new TextEncoder();

/** What is acknowledged. No elector, and no time: the batch says when, to whoever reads the box. */
export interface Acknowledged {
  readonly electionId: string;
  readonly scrutinId: string;
  /** Of the ballot, as the browser computed it (B4). */
  readonly reference: string;
  /** The number of the event of the box that holds the ballot, from 1. */
  readonly batch: number;
}

/** The bytes that are signed: `isoloir/acknowledgement/v1\n` election `\n` scrutin `\n` reference `\n` batch. */
export function acknowledgementMessage({
  electionId,
  scrutinId,
  reference,
  batch,
}: Acknowledged): Uint8Array {
  return utf8.encode(`isoloir/acknowledgement/v1\n${electionId}\n${scrutinId}\n${reference}\n${batch}`);
}

/**
 * Whether the holder of `publicKey` (64 hex digits) promised this with `signature` (128 hex digits). False, never an
 * error, on any texts: the booth then says aloud that there is no receipt (DH-1, DH-4).
 */
export function verifyAcknowledgement(
  publicKey: string,
  acknowledged: Acknowledged,
  signature: string,
): boolean {
  if (!/^[0-9a-f]{64}$/.test(publicKey) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  if (!Number.isSafeInteger(acknowledged.batch) || acknowledged.batch < 1) return false;
  try {
    const message = acknowledgementMessage(acknowledged);
    return ed25519.verify(fromHex(signature), message, fromHex(publicKey), { zip215: false });
  } catch {
    return false; // not a point
  }
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
