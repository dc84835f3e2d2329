/** What minutes are made of: a page and a PDF draw the same blocks. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export function heading(of: string): Block {
  return { kind: 'heading', text: of };
}

export function text(of: string): Block {
  return { kind: 'text', text: of };
}

export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Extract<Block, { kind: 'table' }> {
  return { kind: 'table', caption, head, rows };
}
