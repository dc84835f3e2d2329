import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

it('every icon of Pico is one of ours: the policy of the site loads no data: image', () => {
  const pico = readFileSync('node_modules/@picocss/pico/css/pico.min.css', 'utf8');
  const tokens = readFileSync('public/tokens.css', 'utf8');
  const drawn = new Set([...pico.matchAll(/(--pico-icon-[a-z]+):url\("data:/g)].map(([, name]) => name));
  expect(drawn.size).toBeGreaterThan(5);
  expect([...drawn].filter((name) => !tokens.includes(`${name}: `))).toStrictEqual([]);
  const files = [...tokens.matchAll(/url\('(icons\/[^']+)'\)/g)].map(([, path]) => `public/${path}`);
  expect(files.filter((path) => !existsSync(path))).toStrictEqual([]);
});
