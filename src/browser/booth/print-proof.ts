import { element } from './dom.js';
import type { Figure } from './pdf.js';
import type { ProofContent } from './proof-of-deposit.js';

const SVG = 'http://www.w3.org/2000/svg' as const;

/** Prints the proof of deposit on a workstation that gives no files away: the sheet is in the page while it is printed. */
export function printProof({ blocks, figure }: ProofContent): void {
  const sheet = element(
    'div',
    { class: 'sheet-of-paper' },
    ...blocks.map(({ as, text }) =>
      as === 'H1'
        ? element('h1', {}, text)
        : element('p', {}, as === 'code' ? element('code', {}, text) : text),
    ),
    drawn(figure),
  );
  document.body.append(sheet);
  document.body.classList.add('printing');
  const done = () => {
    removeEventListener('afterprint', done);
    document.body.classList.remove('printing');
    sheet.remove();
  };
  addEventListener('afterprint', done);
  print();
}

function drawn({ modules, side, alt }: Figure): SVGElement {
  const size = modules.length;
  const squares = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const drawing = document.createElementNS(SVG, 'svg');
  drawing.setAttribute('viewBox', `0 0 ${size} ${size}`);
  drawing.setAttribute('width', `${side}pt`);
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', alt);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', squares.join(''));
  drawing.append(path);
  return drawing;
}
