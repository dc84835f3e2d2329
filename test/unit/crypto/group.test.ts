import { describe, expect, it } from '@jest/globals';
import { belenios2048BigInt } from '../../../src/crypto/belenios-2048.js';
import { belenios2048OpenSsl } from '../../../src/crypto/belenios-2048-openssl.js';
import { nativeSodium, wasmSodium } from '../../../src/crypto/server-groups.js';
import { ed25519Sodium } from '../../../src/crypto/ed25519-sodium.js';
import { ed25519Noble } from '../../../src/crypto/ed25519-noble.js';
import { hashToScalar, parseScalar, product, type Group } from '../../../src/crypto/group.js';
import { Malformed } from '../../../src/crypto/malformed.js';

/** Public keys of the sample elections, made by belenios-tool. */
const keys = new Map([
  ['Ed25519', '9cff09d69056f984adbfbcd37b4abf960ab6b4dbb76ce352b52b405ce3bf895b'],
  [
    'BELENIOS-2048',
    '20510331946756031613349591179988732464834969408018219932263963041225513077252526113766692647951816320759200436855001987281078940920055608921829214208211258781899140815662144781385566435111577647675158767437870813844418053012532726323119580813256921605962900534991272888364738574728728087395502031428262138341587484764718567536176957194129602959188134729605607899747899328000669405846767186092833039375292452768436034078605094154236355880518794370428512200544273093626913367564028917411883548142258577117912474957107009196876833455073511871572042343283384865247026194863154277002212693058625920532492297643876385623736',
  ],
]);

const backEnds = [
  ed25519Noble,
  ed25519Sodium(await nativeSodium()),
  ed25519Sodium(await wasmSodium()),
  belenios2048BigInt,
  belenios2048OpenSsl,
];

describe.each<Group>(backEnds)('$name by $backEnd', (group) => {
  const key = group.parse(keys.get(group.name) ?? '', 'key');
  const { g, order } = group;

  it('reads and prints a key of belenios-tool', () => {
    expect(group.print(key)).toBe(keys.get(group.name));
    expect(group.print(group.again(keys.get(group.name) ?? '', 'key'))).toBe(keys.get(group.name));
    expect(() => group.again('-1', 'key')).toThrow(Malformed);
  });

  it('has a generator of order q', () => {
    expect(group.equal(group.mul(g.exp(order - 1n), g.element), group.identity)).toBe(true);
    expect(group.equal(g.exp(0n), group.identity)).toBe(true);
    expect(group.equal(g.exp(1n), group.identity)).toBe(false);
  });

  it('multiplies, divides and raises consistently', () => {
    const table = group.fixedBase(key);
    const [r, c] = [order - 5n, 12345678901234567890n];
    const expected = group.mul(g.exp(r), group.exp(key, c));
    expect(group.print(g.commit(r, key, c))).toBe(group.print(expected));
    expect(group.print(table.commit(c, g.element, r))).toBe(group.print(expected));
    expect(group.equal(group.div(expected, g.exp(r)), table.exp(c))).toBe(true);
    expect(group.equal(product(group, [key, key, key]), table.exp(3n))).toBe(true);
    expect(group.equal(product(group, []), group.identity)).toBe(true);
    expect(group.equal(group.exp(group.identity, c), group.identity)).toBe(true);
  });

  it('hashes to a scalar', () => {
    const scalar = hashToScalar(group, 'prove|', [key, g.element]);
    expect(parseScalar(group, scalar.toString(), 'scalar')).toBe(scalar);
    expect(() => parseScalar(group, order.toString(), 'scalar')).toThrow(Malformed);
  });
});
