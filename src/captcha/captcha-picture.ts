import { randomBytes, randomInt } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 200;
const HEIGHT = 70;

type Stroke = readonly [x1: number, y1: number, x2: number, y2: number];

/** Digits as strokes in a box of 4 by 6: no font, and nothing in the file that is text. */
const SHAPES: readonly string[] = [
  '10 30 41 45 36 16 05 01 10',
  '02 20 26',
  '01 10 30 41 42 06 46',
  '01 10 30 41 42 33 44 45 36 16 05',
  '36 30 04 44',
  '40 00 02 32 43 45 36 16 05',
  '40 10 02 05 16 36 45 44 33 13 04',
  '00 40 16',
  '13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33',
  '42 33 13 02 01 10 30 41 44 26 06',
];

/** Digits to copy (F20), as a PNG in grey: each leaned, stretched and shifted by chance, under lines and grain. */
export function captchaPicture(digits: string): Buffer {
  const ink = new Float32Array(WIDTH * HEIGHT);
  for (let place = 0; place < digits.length; place++) {
    for (const stroke of placed(SHAPES[Number(digits[place])] ?? '', place)) draw(ink, stroke, 3.4, 0.85);
  }
  for (let scratch = 0; scratch < 5; scratch++) {
    const ends = [between(0, HEIGHT), between(0, HEIGHT)] as const;
    draw(ink, [0, ends[0], WIDTH, ends[1]], 1.2, 0.5);
  }
  const grain = randomBytes(ink.length);
  const rows = Buffer.alloc(HEIGHT * (WIDTH + 1)); // each row begins with its filter: none
  ink.forEach((dark, at) => {
    const light = 255 - (grain[at] ?? 0) / 6;
    rows[at + Math.floor(at / WIDTH) + 1] = Math.round(light * (1 - dark));
  });
  return png(rows);
}

/** The strokes of one digit where it stands in the picture. */
function placed(shape: string, place: number): Stroke[] {
  const lean = between(-0.25, 0.25);
  const width = between(7, 9);
  const height = between(6.5, 8);
  const left = 14 + place * 46 + between(-3, 3);
  const top = between(8, 16);
  const points = shape.split(' ').map((pair) => {
    const [x, y] = [Number(pair[0]), Number(pair[1])];
    return [
      left + x * width + (3 - y) * lean * height + between(-1, 1),
      top + y * height + between(-1, 1),
    ] as const;
  });
  return points.slice(1).map(([x, y], index): Stroke => [...(points[index] ?? ([x, y] as const)), x, y]);
}

/** Darkens the points at most `width` from a stroke; the last one fades, so that edges are smooth. */
function draw(ink: Float32Array, [x1, y1, x2, y2]: Stroke, width: number, dark: number): void {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const low = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - width));
  const high = (a: number, b: number, most: number) => Math.min(most, Math.ceil(Math.max(a, b) + width));
  for (let y = low(y1, y2); y < high(y1, y2, HEIGHT); y++) {
    for (let x = low(x1, x2); x < high(x1, x2, WIDTH); x++) {
      const along = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
      const away = Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
      const here = dark * Math.max(0, Math.min(1, width - away));
      if (here > (ink[y * WIDTH + x] ?? 0)) ink[y * WIDTH + x] = here;
    }
  }
}

function between(least: number, most: number): number {
  return least + (randomInt(1_000_001) / 1_000_000) * (most - least);
}

/** PNG, second edition, 8-bit greyscale: signature, header, one block of data, end. */
function png(rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header[8] = 8; // bits; the rest zero: greyscale, no interlace
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
