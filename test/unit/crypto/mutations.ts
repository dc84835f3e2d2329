import fc from 'fast-check';

/** Ways to spoil a text of JSON: as characters, and as a structure. */
const characters = '0123456789abcdefABCDEF"{}[]:, \n\t\\-+.eE/_xU\u0000\u00e9\ud800'.split('');

/** A text with a few characters deleted, inserted, replaced or exchanged. */
export function spoiltText(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    kind: fc.constantFrom('delete', 'insert', 'replace', 'swap', 'upper', 'double'),
    at: fc.nat(text.length - 1),
    character: fc.constantFrom(...characters),
  });
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    let result = text;
    for (const { kind, at, character } of edits) {
      const [before, here, after] = [result.slice(0, at), result.charAt(at), result.slice(at + 1)];
      if (kind === 'delete') result = before + after;
      if (kind === 'insert') result = before + character + here + after;
      if (kind === 'replace') result = before + character + after;
      if (kind === 'swap') result = before + after.slice(0, 1) + here + after.slice(1);
      if (kind === 'upper') result = before + here.toUpperCase() + after;
      if (kind === 'double') result = before + here + here + after;
    }
    return result;
  });
}

type Node = null | boolean | number | string | Node[] | { [key: string]: Node };

/** The same text with its structure spoilt at one place: a value, a key, the order of keys or items, their number. */
export function spoiltStructure(text: string, oddStrings: readonly string[]): fc.Arbitrary<string> {
  const odd: fc.Arbitrary<Node> = fc.oneof(
    fc.constantFrom<Node[]>(null, true, 0, -1, 1.5, 1e21, '', '0', '1', '00', '-1', ' 1', '1 ', [], {}),
    fc.constantFrom(...oddStrings),
    fc.jsonValue({ maxDepth: 2 }).map((value) => value as Node),
  );
  const kinds = ['set', 'remove', 'repeat', 'reverse', 'rename', 'wrap', 'steal'] as const;
  return fc
    .record({
      steps: fc.array(fc.nat(1000), { maxLength: 8 }),
      kind: fc.constantFrom(...kinds),
      odd,
      other: fc.nat(1000),
    })
    .map(({ steps, kind, odd, other }) => {
      const root = JSON.parse(text) as Node;
      const leaves: string[] = [];
      collect(root, leaves);
      return JSON.stringify(spoil(root, steps, kind, odd, leaves[other % leaves.length] ?? ''));
    });
}

function collect(node: Node, leaves: string[]): void {
  if (typeof node === 'string') leaves.push(node);
  if (typeof node !== 'object' || node === null) return;
  for (const child of Object.values(node)) collect(child, leaves);
}

/** Walks down by `steps`, then spoils what is there. `leaf` is a text taken from elsewhere in the same document. */
function spoil(node: Node, steps: readonly number[], kind: string, odd: Node, leaf: string): Node {
  const [step, ...rest] = steps;
  const keys = typeof node === 'object' && node !== null ? Object.keys(node) : [];
  if (step !== undefined && keys.length > 0) {
    const key = keys[step % keys.length] ?? '';
    const copy = (Array.isArray(node) ? [...node] : { ...(node as object) }) as Record<string, Node>;
    copy[key] = spoil(copy[key] ?? null, rest, kind, odd, leaf);
    return copy;
  }
  if (kind === 'steal') return leaf;
  if (kind === 'wrap') return [node];
  if (Array.isArray(node)) {
    if (kind === 'remove') return node.slice(1);
    if (kind === 'repeat') return [...node, node[0] ?? null];
    if (kind === 'reverse') return node.toReversed();
  } else if (typeof node === 'object' && node !== null) {
    const entries = Object.entries(node);
    if (kind === 'remove') return Object.fromEntries(entries.slice(1));
    if (kind === 'repeat') return { ...node, extra: odd };
    if (kind === 'reverse') return Object.fromEntries(entries.toReversed());
    if (kind === 'rename') return Object.fromEntries(entries.map(([key, value]) => [`${key}_`, value]));
  }
  return odd;
}
