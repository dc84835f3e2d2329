import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import type { Surgery } from './bundle-surgery.js';

type Fields = Record<string, Json>;

/** Changes the minutes of the first scrutin of a bundle, and writes them canonically. */
export function changeMinutes(bundle: Surgery, how: (minutes: Fields) => Json): void {
  const { minutes } = bundle.data(bundle.find('MinutesSigned')) as { minutes: string };
  bundle.replaceDocument(minutes, (text) => canonicalJson(how(JSON.parse(text) as Fields)));
}

/** Changes the document of the seats of the first scrutin. */
export function changeSteps(bundle: Surgery, how: (steps: Fields) => Json): void {
  const { seats } = bundle.data(bundle.find('ResultProclaimed')) as { seats: string };
  bundle.replaceDocument(seats, (text) => JSON.stringify(how(JSON.parse(text) as Fields)));
}

/** The same value with each number, text and truth in it another one, and something in each empty list; `paths` says where. */
export function liedAbout(value: Json, paths: string[], path = ''): Json {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value)) {
    if (value.length === 0) paths.push(below('0'));
    if (value.length === 0) return ['more'];
    return value.map((one: Json, i) => liedAbout(one, paths, below(String(i))));
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value as Fields);
    return Object.fromEntries(fields.map(([name, one]) => [name, liedAbout(one, paths, below(name))]));
  }
  paths.push(path);
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)}?`;
}

/** The fields but for some. */
export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
