import MarkdownIt from 'markdown-it';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A page of words: its heading, the parts a reader can jump to, and HTML in which dates are still to be filled in. */
interface Article {
  readonly title: string;
  readonly outline: readonly { readonly id: string; readonly text: string }[];
  readonly html: string;
}

/** What a page may quote of the election, so that no text repeats a date that may be moved. */
export interface Quoted {
  readonly élection: string;
  readonly 'ouverture du portail': string;
  readonly 'ouverture du vote': string;
  readonly 'clôture du vote': string;
}

/** The content pages and where they are read (F60, F62 to F65). Their words are in the files of `content`. */
export const articles = {
  edito: '/edito',
  aide: '/aide',
  acces: '/acces',
  assistance: '/assistance',
  'identifiant-inconnu': '/identifiant-inconnu',
  'parcours-electeur': '/tutoriels/parcours-electeur',
  'parcours-de-vote': '/tutoriels/parcours-de-vote',
  reassorts: '/tutoriels/reassorts',
  'autres-scrutins': '/autres-scrutins',
  accessibilite: '/accessibilite',
  confidentialite: '/confidentialite',
} as const;
export type ArticleName = keyof typeof articles;

/** The folder of an organiser holds what is no page, or a page that cannot be read. The message says which. */
export class BadContent extends Error {
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
    this.name = 'BadContent';
  }
}

const OURS = fileURLToPath(new URL('../../../content', import.meta.url));
const QUOTABLE = ['élection', 'ouverture du portail', 'ouverture du vote', 'clôture du vote'] as const;

/** The words of the portal: Markdown, read once at start, of which an organiser replaces any file. */
export class Content {
  private constructor(
    private readonly byName: ReadonlyMap<ArticleName, Article>,
    /** False while « Assistance et contacts » is ours, which cannot know whom to call (F63). */
    readonly namesContacts: boolean,
  ) {}

  /** Reads every page, from `folder` if it is there and from ours otherwise. Throws `BadContent`. */
  static async load(folder?: string): Promise<Content> {
    const theirs = folder === undefined ? [] : await filesOf(folder);
    const read = async (name: ArticleName): Promise<[ArticleName, Article]> => {
      const path = join(theirs.includes(`${name}.md`) && folder ? folder : OURS, `${name}.md`);
      return [name, articleOf(await readFile(path, 'utf8'), path)];
    };
    const pages = await Promise.all((Object.keys(articles) as ArticleName[]).map(read));
    return new Content(new Map(pages), theirs.includes('assistance.md'));
  }

  /** A page with what it quotes filled in. */
  page(name: ArticleName, quoted: Quoted): Article {
    const article = this.byName.get(name);
    if (!article) throw new Error(`no page ${name}`);
    return { ...article, html: article.html.replace(PLACE, (_, what: keyof Quoted) => escape(quoted[what])) };
  }
}

const PLACE = /\{\{([^{}]*)\}\}/g;

async function filesOf(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => {
    throw new BadContent(folder, 'is no folder that can be read');
  });
  const pages = files.filter((file) => file.endsWith('.md'));
  const stranger = pages.find((file) => !Object.hasOwn(articles, basename(file, '.md')));
  if (stranger === undefined) return pages;
  throw new BadContent(join(folder, stranger), `is no page; pages are ${Object.keys(articles).join(', ')}`);
}

/** HTML in a text is shown, never obeyed; links to scripts are dropped by the library. */
const markdown = new MarkdownIt({ html: false });
// French signs stay with their word: « ainsi » ; comme cela ?
markdown.renderer.rules.text = (tokens, index) =>
  escape((tokens[index]?.content ?? '').replace(/ (?=[?!:;»])/g, '\u00a0').replace(/(?<=«) /g, '\u00a0'));

function articleOf(text: string, path: string): Article {
  for (const [, what = ''] of text.matchAll(PLACE)) {
    if (!(QUOTABLE as readonly string[]).includes(what)) {
      throw new BadContent(path, `quotes {{${what}}}; it can quote {{${QUOTABLE.join('}}, {{')}}}`);
    }
  }
  const tokens = markdown.parse(text, {});
  const [opening, heading] = tokens;
  if (opening?.tag !== 'h1' || !heading) throw new BadContent(path, 'does not begin with a heading, # …');
  const body = tokens.slice(3);
  const outline: { id: string; text: string }[] = [];
  body.forEach((token, index) => {
    if (token.type !== 'heading_open' || token.tag !== 'h2') return;
    const id = `partie-${outline.length + 1}`;
    token.attrSet('id', id);
    outline.push({ id, text: body[index + 1]?.content ?? '' });
  });
  return { title: heading.content, outline, html: markdown.renderer.render(body, markdown.options, {}) };
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
