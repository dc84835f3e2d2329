import { SaxesParser } from 'saxes';

/** Drawing, and nothing that acts, loads, links or embeds: no script, style, image, use, foreignObject, animation, a. */
const ELEMENTS = new Set([
  ...[
    'svg',
    'g',
    'defs',
    'title',
    'desc',
    'path',
    'rect',
    'circle',
    'ellipse',
    'line',
    'polyline',
    'polygon',
  ],
  ...['text', 'tspan', 'linearGradient', 'radialGradient', 'stop', 'clipPath', 'mask'],
]);
const ATTRIBUTES = new Set([
  ...[
    'id',
    'x',
    'y',
    'x1',
    'y1',
    'x2',
    'y2',
    'cx',
    'cy',
    'r',
    'rx',
    'ry',
    'fx',
    'fy',
    'dx',
    'dy',
    'd',
    'points',
  ],
  ...['width', 'height', 'viewBox', 'preserveAspectRatio', 'version', 'transform', 'role', 'aria-label'],
  ...['fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin'],
  ...['stroke-miterlimit', 'stroke-dasharray', 'stroke-dashoffset', 'stroke-opacity', 'opacity', 'color'],
  ...['clip-path', 'clip-rule', 'mask', 'offset', 'stop-color', 'stop-opacity', 'gradientUnits'],
  ...['gradientTransform', 'spreadMethod', 'clipPathUnits', 'maskUnits', 'maskContentUnits'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'letter-spacing'],
]);
const NAMESPACE = 'http://www.w3.org/2000/svg';
/** A value that refers to something refers to an element of the same drawing. */
const REFERENCE = /^url\(#[A-Za-z_][\w-]{0,100}\)$/;
const MOST_ELEMENTS = 5_000;

/** A logo in SVG, made safe: either drawn again from what is allowed, or refused with the reason in French. */
export function safeSvg(content: Buffer): { readonly svg: Buffer } | { readonly fault: string } {
  const parts: string[] = [];
  let fault: string | undefined;
  let [depth, elements] = [0, 0];
  const refuse = (reason: string) => (fault ??= reason);
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  parser.on('error', () => refuse('ce fichier n’est pas un dessin SVG bien formé'));
  parser.on('doctype', () => refuse('le dessin SVG contient une déclaration DOCTYPE'));
  parser.on('processinginstruction', () => refuse('le dessin SVG contient une instruction de traitement'));
  parser.on('cdata', () => refuse('le dessin SVG contient une section CDATA'));
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (depth === 0 && name !== 'svg') refuse('ce fichier n’est pas un dessin SVG');
    if (!ELEMENTS.has(name))
      refuse(`le dessin SVG contient un élément « ${name.slice(0, 40)} » qui n’est pas admis`);
    if (elements > MOST_ELEMENTS) refuse('le dessin SVG contient trop d’éléments');
    const kept = Object.entries(attributes).map(([attribute, value]) => {
      if (depth === 0 && attribute === 'xmlns' && value === NAMESPACE) return ` xmlns="${NAMESPACE}"`;
      const wrong = attributeFault(attribute, value);
      if (wrong !== undefined) refuse(wrong);
      return ` ${attribute}="${escaped(value)}"`;
    });
    if (depth === 0 && attributes['xmlns'] !== NAMESPACE) refuse('ce fichier n’est pas un dessin SVG');
    depth += 1;
    parts.push(`<${name}${kept.join('')}>`);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    parts.push(`</${name}>`);
  });
  parser.on('text', (text) => {
    if (depth > 0) parts.push(escaped(text));
  });
  try {
    parser.write(new TextDecoder('utf-8', { fatal: true }).decode(content)).close();
  } catch {
    refuse('ce fichier n’est pas un dessin SVG en UTF-8');
  }
  return fault === undefined ? { svg: Buffer.from(parts.join('')) } : { fault };
}

function attributeFault(name: string, value: string): string | undefined {
  const shown = name.slice(0, 40);
  if (!ATTRIBUTES.has(name)) return `le dessin SVG contient un attribut « ${shown} » qui n’est pas admis`;
  const refers = /url|[:@\\]|expression|import/i.test(value) && name !== 'aria-label';
  if (refers && !REFERENCE.test(value)) return `l’attribut « ${shown} » du dessin SVG renvoie ailleurs`;
  return undefined;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
