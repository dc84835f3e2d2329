/** Lists that are sealed as a file of sorted lines, each ended by a newline, and as the RFC 6962 root over the lines. docs/protocol.md, A4. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { leafHash } from './merkle.js';
import { CompactTree } from './merkle-tree.js';

const utf8 = new TextEncoder();

/** Lines in the one order that they are sealed in: by their bytes, which for these lists are ASCII. */
export function sortedLines(lines: Iterable<string>): string[] {
  return [...lines].sort(); // UTF-16 units: for ASCII, the order of the bytes
}

/** The content of the file. */
export function fileOfLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The root over the lines, without their newlines, in hex (A4). */
export function rootOfLines(lines: Iterable<string>): string {
  const tree = CompactTree.empty();
  for (const line of lines) tree.append(leafHash(utf8.encode(line)));
  return bytesToHex(tree.root());
}
