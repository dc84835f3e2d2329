import type { CheckName } from '../../../crypto/verify-report.js';

/** Each check of an archive, as the page says it when it holds. */
export const claims: Readonly<Record<CheckName, string>> = {
  'contents-match-their-names': 'Chaque contenu du fichier est celui que son empreinte nomme',
  'events-form-a-chain': 'Les événements se suivent, sans trou ni ajout',
  'events-follow-the-grammar': 'Tout s’est passé dans un ordre permis',
  'archive-holds-what-events-name': 'Rien de ce que les événements nomment ne manque',
  'election-is-well-formed': 'La description du scrutin est bien formée',
  'key-holders-prove-their-keys': 'Les détenteurs des clés prouvent les leurs',
  'election-key-is-that-of-the-key-holders': 'La clé du scrutin est celle de ses détenteurs',
  'credentials-are-well-formed-and-distinct': 'Les droits de vote sont bien formés et distincts',
  'every-ballot-is-well-formed': 'Chaque bulletin est bien formé et de ce scrutin',
  'every-ballot-has-a-listed-credential': 'Chaque bulletin porte un droit de vote de la liste',
  'one-ballot-per-credential': 'Aucun droit de vote n’a servi deux fois',
  'no-ballot-is-replayed': 'Aucun bulletin n’est la copie d’un autre',
  'every-ballot-is-signed': 'Chaque bulletin est signé',
  'every-ballot-has-valid-proofs': 'Les preuves de chaque bulletin sont valables',
  'encrypted-tally-counts-every-ballot': 'Le total chiffré compte tous les bulletins',
  'encrypted-tally-is-the-sum-of-the-ballots': 'Le total chiffré est la somme des bulletins',
  'partial-decryptions-are-proved': 'Chaque déchiffrement est prouvé',
  'key-holders-reach-their-quorum': 'Assez de détenteurs ont déchiffré',
  'result-is-what-was-decrypted': 'Le résultat est ce qui a été déchiffré',
};
