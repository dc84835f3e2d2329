import jsQR from 'jsqr';

/** What a proof of deposit says: its lines as they are set, and what its QR code holds. */
export interface ReadProof {
  readonly lines: readonly string[];
  readonly qr: readonly string[];
}

const SCALE = 6; // pixels of a module
const QUIET = 4; // modules of white around the code, which the paper gives in reality

/** Reads the PDF of a proof of deposit as a reader and a telephone would: text by its strings, QR code by its squares. */
export function readProof(pdf: Buffer): ReadProof {
  const text = pdf.toString('latin1');
  const lines = [...text.matchAll(/\(((?:\\.|[^\\)])*)\) Tj/g)].map(([, line = '']) =>
    line.replace(/\\(.)/g, '$1').replaceAll('\x92', '’'),
  );
  const squares = [...text.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) \3 re$/gm)].map(([, x, y, side]) => ({
    ...{ x: Number(x), y: Number(y), side: Number(side) },
  }));
  return { lines, qr: decode(squares).split('\n') };
}

function decode(squares: readonly { x: number; y: number; side: number }[]): string {
  const [first] = squares;
  if (!first) throw new Error('no QR code');
  const left = Math.min(...squares.map(({ x }) => x));
  const top = Math.max(...squares.map(({ y }) => y));
  const size = 1 + Math.max(...squares.map(({ x }) => Math.round((x - left) / first.side)));
  const width = (size + 2 * QUIET) * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const { x, y, side } of squares) {
    const column = (Math.round((x - left) / side) + QUIET) * SCALE;
    const row = (Math.round((top - y) / side) + QUIET) * SCALE;
    for (let i = 0; i < SCALE; i++)
      for (let j = 0; j < SCALE; j++)
        pixels.fill(0, ((row + i) * width + column + j) * 4, ((row + i) * width + column + j) * 4 + 3);
  }
  const found = (jsQR as unknown as typeof jsQR.default)(pixels, width, width);
  if (!found) throw new Error('the QR code cannot be read');
  return found.data;
}
