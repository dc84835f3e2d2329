import { crc32, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const LONGEST_SIDE = 2_000; // pixels
/** W3C PNG, section 5.6. No text, no time, no profile: a logo says what it shows and nothing else. */
const CHUNKS = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'pHYs',
  'sBIT',
  'bKGD',
]);
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/** Why these bytes are not a PNG picture that a page may show, in French; undefined when they are. */
export function pngFault(content: Buffer): string | undefined {
  if (!content.subarray(0, 8).equals(SIGNATURE)) return 'ce fichier n’est pas une image PNG';
  let at = 8;
  let header: Buffer | undefined;
  const data: Buffer[] = [];
  while (at + 12 <= content.length) {
    const length = content.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > content.length) return 'l’image PNG est tronquée';
    const type = content.toString('latin1', at + 4, at + 8);
    if (!CHUNKS.has(type))
      return `l’image PNG contient une partie « ${printable(type)} » qui n’est pas admise`;
    if (crc32(content.subarray(at + 4, end - 4)) !== content.readUInt32BE(end - 4))
      return 'l’image PNG est endommagée';
    const body = content.subarray(at + 8, end - 4);
    if ((header === undefined) !== (type === 'IHDR')) return 'l’image PNG est mal formée';
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    if (type === 'IEND') {
      if (end !== content.length) return 'des données suivent l’image PNG';
      return header && pixelFault(header, Buffer.concat(data));
    }
    at = end;
  }
  return 'l’image PNG est tronquée';
}

/** Whether the pixels are there, all of them and no more than they say. */
function pixelFault(header: Buffer, data: Buffer): string | undefined {
  if (header.length !== 13) return 'l’image PNG est mal formée';
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS.get(header.readUInt8(9));
  if (channels === undefined || header.readUInt8(12) > 1) return 'l’image PNG est mal formée';
  if (width === 0 || height === 0 || width > LONGEST_SIDE || height > LONGEST_SIDE)
    return `l’image PNG mesure plus de ${LONGEST_SIDE} pixels de côté`;
  const most = height * (Math.ceil((width * channels * header.readUInt8(8)) / 8) + 1);
  try {
    const pixels = inflateSync(data, { maxOutputLength: most + 8 * (height + 8) }); // Adam7 has more line starts
    return pixels.length < most ? 'l’image PNG est tronquée' : undefined;
  } catch {
    return 'l’image PNG est endommagée';
  }
}

function printable(type: string): string {
  return type.replaceAll(/[^A-Za-z]/g, '?');
}
