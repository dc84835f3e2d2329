import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArchive } from '../../../src/crypto/archive.js';
import {
  electionKey,
  holderKeys,
  parseKeyHolders,
  printKeyHolders,
} from '../../../src/crypto/key-holders.js';
import { checkKeyHolders } from '../../../src/crypto/key-holders-check.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { soundSamples } from './samples.js';

/** The texts of a Setup: election and trustees are the first two records of every archive. */
function setup(path: string): [election: string, trustees: string] {
  const { records } = readArchive(readFileSync(path));
  return [0, 1].map((i) => new TextDecoder().decode(records[i]?.bytes)) as [string, string];
}

async function read(name: keyof typeof soundSamples) {
  const [election, trustees] = setup(soundSamples[name]);
  const { group: groupName, public_key: key } = JSON.parse(election) as {
    group: 'Ed25519' | 'BELENIOS-2048';
    public_key: string;
  };
  return { group: await serverGroup(groupName), key, trustees };
}

describe('the trustees file of a real election', () => {
  it.each(Object.keys(soundSamples) as (keyof typeof soundSamples)[])(
    '%s is sound, gives the election key and is written back to the byte',
    async (name) => {
      const { group, key, trustees } = await read(name);
      const holders = parseKeyHolders(group, trustees);
      expect(checkKeyHolders(group, holders)).toEqual([]);
      expect(group.print(electionKey(group, holders))).toBe(key);
      expect(printKeyHolders(group, holders)).toBe(trustees);
    },
  );

  it('numbers holders through all its parts', async () => {
    const { group, trustees } = await read('two-thresholds');
    const places = holderKeys(parseKeyHolders(group, trustees)).map(({ part, index }) => `${part}.${index}`);
    expect(places).toEqual(['0.1', '0.2', '1.1', '1.2', '1.3', '1.4']);
  });

  it.each<[string, RegExp, string, { holder: number; step: string }[]]>([
    ['a basic key', /"response":"\d+"/, '"response":"5"', [{ holder: 1, step: 'key' }]],
    [
      'a certificate',
      /(certs.*?"response":)"\d+"/,
      '$1"5"',
      [
        { holder: 2, step: 'certificate' },
        { holder: 2, step: 'signature' },
        { holder: 3, step: 'signature' },
        { holder: 4, step: 'signature' },
      ],
    ],
    [
      'a verification key',
      /(.*"pok".*"response":)"\d+"(.*"pok")/,
      '$1"5"$2',
      [{ holder: 3, step: 'verification-key' }],
    ],
    ['the context', /\\"index\\":3/, '\\"index\\":2', [{ holder: 4, step: 'certificate' }]],
  ])('names the holder when %s is wrong', async (_, pattern, by, faults) => {
    const { group, trustees } = await read('ed25519-threshold');
    const forged = trustees.replace(pattern, by);
    expect(forged).not.toBe(trustees);
    const found = checkKeyHolders(group, parseKeyHolders(group, forged));
    expect(found).toEqual(expect.arrayContaining(faults.map((fault) => expect.objectContaining(fault))));
  });

  it('is refused as malformed, or found wrong, whatever character changes', async () => {
    const { group, trustees } = await read('ed25519-threshold');
    const characters = fc.constantFrom('0', '7', 'a', 'F', '"', '{', '}', ']', ',', ':', '\\', ' ', 'é');
    fc.assert(
      fc.property(fc.nat(trustees.length - 1), characters, fc.nat(2), (at, character, removed) => {
        const mutated = trustees.slice(0, at) + character + trustees.slice(at + removed);
        fc.pre(mutated !== trustees);
        try {
          expect(checkKeyHolders(group, parseKeyHolders(group, mutated))).not.toEqual([]);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['[]', 'trustees: nobody holds the key'],
    ['[["Double",{}]]', 'trustees[0]: neither Single nor Pedersen'],
    [
      '[["Pedersen",{"threshold":0,"certs":[],"coefexps":[],"signatures":[],"verification_keys":[]}]]',
      'trustees[0].threshold',
    ],
    [
      '[["Pedersen",{"threshold":1,"certs":[],"coefexps":[],"signatures":[],"verification_keys":[]}]]',
      'trustees[0].certs',
    ],
    ['[ ]', 'trustees: not compact JSON'],
    ['[["Single",{"public_key":"","pok":{}}]]', 'trustees[0].pok: fields are not'],
  ])('refuses %s', async (text, message) => {
    const group = await serverGroup('Ed25519');
    expect(() => parseKeyHolders(group, text)).toThrow(Malformed);
    expect(() => parseKeyHolders(group, text)).toThrow(message);
  });
  it('refuses a group whose lists are not of one length', async () => {
    const { group, trustees } = await read('ed25519-threshold');
    const shorter = `${trustees.slice(0, trustees.lastIndexOf(',{"pok"'))}]}]]`;
    expect(() => parseKeyHolders(group, shorter)).toThrow('trustees[1]: lists are not of one length');
  });

  it('refuses a text nested deeper than a stack', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const group = await serverGroup('Ed25519');
    expect(() => parseKeyHolders(group, deep)).toThrow(new Malformed('trustees', 'not JSON'));
  });
});
