import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inFrench } from '../../src/auditor/reasons-fr.js';

/** Literal reasons of the checks: what is said is a phrase between quotation marks. */
const said = readdirSync('src/auditor')
  .filter((name) => name.endsWith('-check.ts') || ['audit.ts', 'archives.ts', 'documents.ts'].includes(name))
  .flatMap((name) =>
    [
      ...readFileSync(`src/auditor/${name}`, 'utf8').matchAll(/'((?:[a-z]|re-)[a-z’: ()-]+ [a-z’: (),-]+)'/g),
    ].map(([, reason = '']) => reason),
  );

describe('what an audit finds, in French', () => {
  it.each(
    [...new Set(said)].filter(
      (reason) => !['checkpoint given', 'is not a bundle of isoloir export'].includes(reason),
    ),
  )('has words for: %s', (reason) => {
    expect(inFrench(reason)).not.toBe(reason);
  });

  it('keeps numbers and names', () => {
    expect(inFrench('BoxFrozen not once, after the freeze')).toBe(
      'BoxFrozen pas une seule fois, après le scellement final',
    );
    expect(inFrench('says 6 ballots, 7 were cast')).toBe('dit 6 bulletins, il y en a eu 7');
    expect(inFrench('its election file has another uuid')).toBe(
      'son fichier d’élection : a un autre identifiant',
    );
    expect(inFrench('of box-1: ends after 3 ballots')).toBe('de box-1 : finit après 3 bulletins');
    expect(inFrench('a response ≥ q')).toBe('a response ≥ q');
  });
});
