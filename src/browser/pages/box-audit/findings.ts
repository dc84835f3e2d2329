/** What is wrong with an archive, in the words of whoever reads the page; what only a cryptographer reads stays as it is. */
import type { Finding } from '../../../crypto/verify-report.js';

const exact: Readonly<Record<string, string>> = {
  'does not hold': 'la preuve ne tient pas',
  'is not what its name says': 'son contenu a été changé',
  'its credential is not on the list': 'son droit de vote n’est pas sur la liste',
  'not the hash of this ballot': 'il a été changé après sa signature',
  'occurs twice in this ballot': 'un même chiffré y figure deux fois',
  'another election': 'il est d’un autre scrutin',
  'outside the prime-order group': 'un nombre y est faux',
  'is not the product of the ballots': 'ce n’est pas la somme des bulletins du fichier',
  'is not what that many ballots can hold': 'autant de bulletins ne peuvent pas contenir ces voix',
  'is not the product of the keys of trustees': 'ce n’est pas la clé des détenteurs',
  'is in the archive twice': 'il figure deux fois',
  'belongs to no event': 'il n’est rattaché à rien',
  'what stands before it is not what it names': 'ce qu’il annonce n’est pas ce qui le précède',
  'its parent is not the event before': 'ce qui devait le précéder manque ou a été changé',
};

const patterns: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^ends with (?!Result)\w+$/, () => 'il s’arrête avant le résultat : il est incomplet'],
  [/^\w+ after \w+$/, () => 'ce n’est pas sa place'],
  [/^its height is not (\d+)$/, () => 'son numéro n’est pas le suivant'],
  [/^[0-9a-f]{64} is not in the archive$/, () => 'son contenu manque'],
  [/^votes again after (\S+)$/, (before) => `même droit de vote que ${placeOf(before)}`],
  [/^repeats a ciphertext of (\S+)$/, (before) => `il copie ${placeOf(before)}`],
  [/^does not say (\d+) ballots of weight/, (count) => `il n’annonce pas les ${count} bulletins du fichier`],
  [/^(\d+) of (\d+) decrypted$/, (has, needed) => `${has} ont déchiffré, il en faut ${needed}`],
  [/^is not (\d+)$/, (votes) => `${votes} voix sont annoncées, le déchiffrement en donne un autre nombre`],
];

/** One sentence: where, and what. `ballots`: how many the archive has. */
export function inWords({ place, reason }: Finding, ballots: number): string {
  return `${placeOf(place, ballots)} : ${reasonOf(reason)}`;
}

function reasonOf(reason: string): string {
  const known = exact[reason];
  if (known !== undefined) return known;
  for (const [pattern, say] of patterns) {
    const match = pattern.exec(reason);
    if (match) return say(...match.slice(1));
  }
  return `détail technique, en anglais : ${reason}`;
}

/** Event 0 is the set-up of an election, those after it its ballots in the order of the file. */
function placeOf(place: string, ballots = Infinity): string {
  const [, event] = /^event\[(\d+)\]/.exec(place) ?? [];
  const number = Number(event);
  if (number >= 1 && number <= ballots) return `le bulletin ${number} du fichier (${place})`;
  const [, holder] = /^key holder (\d+)/.exec(place) ?? [];
  if (holder !== undefined) return `le détenteur ${holder} (${place})`;
  return place === 'archive' ? 'le fichier' : place;
}
