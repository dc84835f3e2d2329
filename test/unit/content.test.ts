import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { articles, Content, type ArticleName } from '../../src/modules/portal/content.js';

const quoted = {
  élection: 'Élections <2022>',
  'ouverture du portail': 'jeudi 13 octobre 2022 à 10h00',
  'ouverture du vote': 'jeudi 01 décembre 2022 à 08h00',
  'clôture du vote': 'jeudi 08 décembre 2022 à 17h00',
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-content-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the content pages', () => {
  it('are all there, quote the election and lead somewhere', async () => {
    const content = await Content.load();
    const known = [...Object.values(articles), '/', '/connexion', '/fiche.pdf'] as string[];
    for (const name of Object.keys(articles) as ArticleName[]) {
      const { title, html } = content.page(name, quoted);
      expect(title.length).toBeGreaterThan(3);
      expect(html).not.toMatch(/\{\{|undefined/);
      const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href ?? '');
      expect(links.filter((href) => !known.includes(href))).toStrictEqual([]);
    }
    const { html } = content.page('edito', quoted);
    expect(html).toContain('<strong>jeudi 01 décembre 2022 à 08h00</strong>');
    expect(html).toContain('&#60;2022&#62;');
  });

  it('are replaced one by one, and cannot run anything', async () => {
    await writeFile(
      join(folder, 'edito.md'),
      '# Chez nous\n\n## Un\n\n<script>alert(1)</script> [x](javascript:alert(1))\n',
    );
    const content = await Content.load(folder);
    const { title, html, outline } = content.page('edito', quoted);
    expect(title).toBe('Chez nous');
    expect(outline).toStrictEqual([{ id: 'partie-1', text: 'Un' }]);
    expect(html).toContain('<h2 id="partie-1">Un</h2>');
    expect(html).not.toMatch(/<script|href="javascript/);
    expect(content.page('aide', quoted).title).toBe('Aide en ligne - Foire aux questions');
    expect([content.namesContacts, (await Content.load()).namesContacts]).toStrictEqual([false, false]);
    await writeFile(join(folder, 'assistance.md'), '# Contacts\n\nTéléphone : 01 99 00 12 34\n');
    const theirs = await Content.load(folder);
    expect(theirs.namesContacts).toBe(true);
    expect(theirs.page('assistance', quoted).html).toContain('01 99 00 12 34');
  });

  it.each([
    ['faq.md', '# Une page', 'faq.md: is no page; pages are edito, aide'],
    ['aide.md', 'Sans titre', 'does not begin with a heading'],
    ['aide.md', '# Aide\n\n{{date}}', 'quotes {{date}}; it can quote {{élection}}'],
  ])('stop the start when %s is %j', async (file, text, reason) => {
    await writeFile(join(folder, file), text);
    await expect(Content.load(folder)).rejects.toThrow(reason);
    await rm(join(folder, file));
  });
});
