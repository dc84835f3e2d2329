/** The gate: a signature that shows that somebody has the voting code, and nothing else. docs/protocol.md, V6 to V8. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from './ed25519-text.js';
import type { VotingCode } from './voting-code.js';

const utf8 = new TextEncoder();

/** An Ed25519 key pair (RFC 8032) of one elector in one election. */
export interface GateKey {
  /** 64 lowercase hex digits, the RFC 8032 bytes in their order. Public. */
  readonly publicKey: string;
  /** 32 bytes. Secret; it never leaves the elector's browser. */
  readonly seed: Uint8Array;
}

/** The gate key that a code gives in an election: seed = SHA-256("isoloir/gate-key/v1\n" election "\n" code). */
export function deriveGateKey(electionId: string, code: VotingCode): GateKey {
  const seed = sha256(utf8.encode(`isoloir/gate-key/v1\n${electionId}\n${code}`));
  return { publicKey: toHex(ed25519.getPublicKey(seed)), seed };
}

/** Signs the server's nonce; 128 lowercase hex digits, deterministic. */
export function signGate({ seed }: GateKey, electionId: string, nonce: string): string {
  return toHex(ed25519.sign(gateMessage(electionId, nonce), seed));
}

/** Whether the holder of `publicKey` signed this nonce for this election. False, never an error, on any texts. */
export function verifyGate(publicKey: string, electionId: string, nonce: string, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(publicKey) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  try {
    return ed25519.verify(fromHex(signature), gateMessage(electionId, nonce), fromHex(publicKey), {
      zip215: false,
    });
  } catch {
    return false; // not a point
  }
}

function gateMessage(electionId: string, nonce: string): Uint8Array {
  return utf8.encode(`isoloir/gate/v1\n${electionId}\n${nonce}`);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
