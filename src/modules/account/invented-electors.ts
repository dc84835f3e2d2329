import { createHash } from 'node:crypto';
import type { NewIdentity } from '../../vault/identities.js';

/** Electors for a demonstration or a trial: the same ones each time for the same seed. None of them exists. */

const FIRST_NAMES = [
  ...['Agnès', 'Alain', 'Amandine', 'André', 'Anaïs', 'Antoine', 'Aurélie', 'Benoît', 'Camille', 'Cédric'],
  ...['Céline', 'Chloé', 'Claire', 'Damien', 'Élise', 'Émilie', 'Étienne', 'Fabien', 'Fatima', 'Florence'],
  ...['François', 'Gaëlle', 'Gérard', 'Hélène', 'Inès', 'Jérôme', 'Joël', 'Julie', 'Karim', 'Laëtitia'],
  ...['Léa', 'Loïc', 'Lucie', 'Maëlle', 'Mathilde', 'Noémie', 'Olivier', 'Rémi', 'Samira', 'Thérèse', 'Zoé'],
];
const LAST_NAMES = [
  ...['Aubert', 'Barbier', 'Benali', 'Bernard', 'Blanchet', 'Bourgeois', 'Brun', 'Caron', 'Chevalier'],
  ...['Collet', 'Cordier', 'Da Silva', 'Delmas', 'Deschamps', 'Diallo', 'Dupuis', 'Faure', 'Fontaine'],
  ...['Garnier', 'Gauthier', 'Girard', 'Guérin', 'Haddad', 'Henry', 'Jacquet', 'Lacroix', 'Lambert'],
  ...['Le Gall', 'Lefèvre', 'Legrand', 'Lemaître', 'Leroux', 'Marchand', 'Mercier', 'Moreau', 'Nguyen'],
  ...[
    'Noël',
    'Perrin',
    'Picard',
    'Renaud',
    'Rivière',
    'Rousseau',
    'Roux',
    'Schmitt',
    'Traoré',
    'Vasseur',
    'Weber',
  ],
];
const ACADEMIES = [
  ...['Aix-Marseille', 'Bordeaux', 'Créteil', 'Dijon', 'Grenoble', 'Lille', 'Lyon', 'Montpellier'],
  ...['Nantes', 'Paris', 'Rennes', 'Strasbourg', 'Toulouse', 'Versailles'],
];
const CORPS = [
  'Professeurs agrégés',
  'Professeurs certifiés',
  'Professeurs des écoles',
  'Professeurs de lycée professionnel',
  'Conseillers principaux d’éducation',
  'Psychologues de l’éducation nationale',
  'Personnels de direction',
  'Adjoints administratifs',
  'Attachés d’administration',
  'Accompagnants d’élèves en situation de handicap',
];
const UNITS = ['Collège', 'Lycée', 'École élémentaire', 'Lycée professionnel', 'Rectorat', 'DSDEN'];
const NAMES = FIRST_NAMES.length * LAST_NAMES.length;
const STRIDE = 1_237; // a prime that divides no number of names: every name comes once before one comes twice

/** One invented elector of an election. `index` counts from 0; the same three are always the same elector. */
export function inventedElector(
  electionId: string,
  seed: number,
  index: number,
): { electorId: string; known: NewIdentity } {
  const random = bytesOf(electionId, seed, index);
  const name = (index * STRIDE + seed) % NAMES;
  const round = Math.floor(index / NAMES);
  const firstName = pick(FIRST_NAMES, name % FIRST_NAMES.length);
  const lastName = pick(LAST_NAMES, Math.floor(name / FIRST_NAMES.length));
  const academy = pick(ACADEMIES, random.readUInt8(16));
  const year = 1958 + (random.readUInt8(18) % 42);
  const month = two(1 + (random.readUInt8(19) % 12));
  const digits = (from: number, count: number) =>
    (random.readUInt32BE(from) % 10 ** count).toString().padStart(count, '0');
  // 7 digits in some order, each number once: drawn by lot, a list of a million has the same NUMEN twice.
  const serial = ((index * 7_654_321 + seed) % 10_000_000).toString().padStart(7, '0');
  const known: NewIdentity = {
    email: `${plain(firstName)}.${plain(lastName)}${round > 0 ? round : ''}@ac-${plain(academy)}.example`,
    lastName,
    firstName,
    birthDate: `${year}-${month}-${two(1 + (random.readUInt8(20) % 28))}`,
    corps: pick(CORPS, random.readUInt8(17)),
    academy,
    unit: `${pick(UNITS, random.readUInt8(21))} n° ${1 + random.readUInt8(22)}`,
    numen: `${digits(23, 2)}E${serial}${letters(random.subarray(27, 30))}`,
    nir: `${1 + (index % 2)}${two(year % 100)}${month}${digits(24, 8)}`,
  };
  return { electorId: uuidOf(random.subarray(0, 16)), known };
}

/** The id of the first link to an invented elector: seeding twice sends one mail. */
export function inventedLink(electorId: string): string {
  return uuidOf(createHash('sha256').update(`isoloir/seed/link/v1\n${electorId}`).digest().subarray(0, 16));
}

function bytesOf(electionId: string, seed: number, index: number): Buffer {
  return createHash('sha256').update(`isoloir/seed/v1\n${electionId}\n${seed}\n${index}`).digest();
}

/** A random UUID (version 4) out of 16 bytes. */
function uuidOf(bytes: Buffer): string {
  const own = Buffer.from(bytes);
  own[6] = (own.readUInt8(6) & 0x0f) | 0x40;
  own[8] = (own.readUInt8(8) & 0x3f) | 0x80;
  return own.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** `Le Gall` as it stands in an address: lower case, no accent, hyphens. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-');
}

function letters(bytes: Buffer): string {
  return [...bytes].map((byte) => String.fromCharCode(65 + (byte % 26))).join('');
}

function two(number: number): string {
  return number.toString().padStart(2, '0');
}

function pick(list: readonly string[], number: number): string {
  return list[number % list.length] as string;
}
