import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Corruption, decode, encode, namedBy, wireNames, type LedgerEvent } from '../../src/events/codec.js';
import { never } from '../../src/events/event.js';
import { integer, text, uuid } from '../../src/events/fields.js';
import { retired, wire } from '../../src/events/wire.js';

const folder = fileURLToPath(new URL('../golden/', import.meta.url));
const golden = readdirSync(folder).map((file) => ({
  name: file.replace(/\.json$/, ''),
  data: readFileSync(folder + file, 'utf8'),
}));

describe('golden files (events as they were first written, for ever)', () => {
  it('exist for every wire name, and for no other', () => {
    expect(golden.map(({ name }) => name).sort()).toEqual(wireNames().sort());
  });

  it.each(golden)('$name decodes, and encodes to the same bytes if it is still written', ({ name, data }) => {
    const event = decode(name, data);
    expect(event.type).toBe(name.replace(/\.v\d+$/, ''));
    const again = encode(event);
    const newest = wireNames().filter((other) => other.startsWith(`${event.type}.v`)).length;
    if (name.endsWith(`.v${newest}`)) expect(again).toEqual({ type: name, data });
  });
});

describe.each(golden)('$name', ({ name, data }) => {
  const type = name.replace(/\.v\d+$/, '');
  const fields = JSON.parse(data) as Record<string, unknown>;
  const refusal = (changed: unknown) => {
    try {
      decode(name, JSON.stringify(changed));
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each(Object.keys(fields))('without %s is refused, or is optional there', (field) => {
    const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));
    const error = refusal(rest);
    if (error === undefined) expect(decode(name, JSON.stringify(rest)).data).toEqual(rest);
    else expect(error).toMatchObject({ code: 'ledger.bad-event', cause: { path: `${type}.${field}` } });
  });

  it.each(Object.keys(fields))('with a wrong %s is refused, by its path', (field) => {
    for (const wrong of [null, {}, [[]], 1.5, 'é'.repeat(100_000), '', true]) {
      if (typeof wrong === typeof fields[field] && typeof wrong === 'boolean') continue;
      const error = refusal({ ...fields, [field]: wrong });
      expect(error).toBeInstanceOf(Corruption);
      expect((error as Error).message).toMatch(new RegExp(`^${name}: ${type}\\.${field}[.[:]`));
    }
  });

  it.each(['__proto__', 'constructor', 'other', ''])('with a field « %s » more is refused', (extra) => {
    const changed = `{${JSON.stringify(extra)}:1,${data.slice(1)}`;
    expect(() => decode(name, changed)).toThrow(`${type}.${extra}: expected nothing: the field is unknown`);
  });

  it('with anything else than an object is refused', () => {
    for (const wrong of [null, [], 'text', 1, [fields]])
      expect(refusal(wrong)).toMatchObject({ code: 'ledger.bad-event' });
  });
});

describe('the codec', () => {
  it.each([
    'Unknown.v1',
    'ElectionDeclared',
    'ElectionDeclared.v2',
    'electionDeclared.v1',
    '__proto__',
    'constructor',
    '',
  ])('stops at an event named « %s »', (name) => {
    expect(() => decode(name, '{}')).toThrow(Corruption);
    expect(() => decode(name, '{}')).toThrow(`unknown event ${name}`);
  });

  it('writes canonical JSON, whatever the order of the fields', () => {
    const event = decode(golden[0]?.name ?? '', golden[0]?.data ?? '');
    const turned = Object.fromEntries(Object.entries(event.data).reverse());
    expect(encode({ ...event, data: turned } as LedgerEvent).data).toBe(golden[0]?.data);
  });

  it('does not write an event that it does not know, or that is malformed', () => {
    expect(() => encode({ type: 'Other', data: {} } as unknown as LedgerEvent)).toThrow(
      'no wire form for Other',
    );
    const bad = { type: 'ElectionDeclared', data: { electionId: 'x' } } as unknown as LedgerEvent;
    expect(() => encode(bad)).toThrow('ElectionDeclared.electionId');
  });

  it('tells which vault rows and documents an event names', () => {
    const of = (name: string) => namedBy(decode(name, golden.find((one) => one.name === name)?.data ?? ''));
    const { data } = decode(
      'ElectorRegistered.v1',
      golden.find((g) => g.name === 'ElectorRegistered.v1')?.data ?? '',
    );
    const { identity } = data as { identity: { version: string } };
    expect(of('ElectorRegistered.v1')).toEqual({ versions: [identity.version], documents: [] });
    expect(of('IncidentLogged.v1').documents).toHaveLength(1);
    expect(of('ElectionDeclared.v1')).toEqual({ versions: [], documents: [] });
    expect(namedBy({ type: 'Other', data: {} } as unknown as LedgerEvent)).toEqual({
      versions: [],
      documents: [],
    });
  });

  it('brings a retired wire form to the newest shape', () => {
    const old = retired('Noted.v1', { note: text(10) }, ({ note }) => ({ note, weight: 0 }));
    const newest = wire('Noted.v2', { note: text(10), weight: integer(0, 9) });
    expect([old.name, old.type, old.current]).toEqual(['Noted.v1', 'Noted', false]);
    expect([newest.name, newest.type, newest.current]).toEqual(['Noted.v2', 'Noted', true]);
    expect(old.read({ note: 'a' })).toEqual(newest.read({ note: 'a', weight: 0 }));
    expect(() => old.read({ note: 'a', weight: 0 })).toThrow('Noted.weight');
    const found = { versions: [], documents: [] };
    old.names({ note: 'a' }, found);
    newest.names({ note: 'a', weight: 0 }, found);
    expect(found).toEqual({ versions: [], documents: [] });
    expect(wire('Twelfth.v12', { id: uuid }).type).toBe('Twelfth');
  });

  it('has no silent default: an unhandled case is loud', () => {
    expect(() => never({ type: 'New' } as unknown as never)).toThrow('unhandled case {"type":"New"}');
  });
});
