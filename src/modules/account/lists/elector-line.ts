import type { NewIdentity } from '../../../vault/identities.js';
import { TOO_MANY, type FileLine } from './electoral-file.js';

/** What a line says of an elector. */
export interface ListedElector {
  readonly known: NewIdentity;
  readonly scrutinIds: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The columns by their names (capitals, no accents), the first of which is the one to use. */
const columns = {
  email: ['IDENTIFIANT', 'ADRESSE PROFESSIONNELLE', 'EMAIL', 'MAIL', 'COURRIEL'],
  lastName: ['NOM', 'NOM D USAGE'],
  firstName: ['PRENOM', 'PRENOMS'],
  birthDate: ['DATE DE NAISSANCE', 'NE LE'],
  corps: ['CORPS'],
  academy: ['ACADEMIE'],
  unit: ['AFFECTATION', 'UNITE', 'ETABLISSEMENT'],
  numen: ['NUMEN'],
  nir: ['NIR', 'N SS', 'NUMERO DE SECURITE SOCIALE'],
  scrutins: ['SCRUTINS'],
  unitCode: ['UAI', 'CODE UNITE', 'RNE'],
  delivery: ['REMISE'],
  address: ['ADRESSE POSTALE'],
  removal: ['RADIATION'],
} as const;
export type Column = keyof typeof columns;
const REQUIRED: readonly Column[] = [
  ...(['email', 'lastName', 'firstName', 'birthDate', 'corps', 'academy', 'unit'] as const),
  ...(['numen', 'nir', 'scrutins'] as const),
];

const deliveries = new Map<string, 'hand' | 'post' | 'registered'>([
  ['', 'hand'],
  ['main', 'hand'],
  ['main propre', 'hand'],
  ['courrier', 'post'],
  ['poste', 'post'],
  ['recommandé', 'registered'],
  ['recommande', 'registered'],
]);

const EMAIL = /^[^\s<>@,;:"()[\]\\]{1,64}@(?=.{4,190}$)([\p{L}\p{N}-]{1,63}\.)+[\p{L}\p{N}-]{2,63}$/u;
/** Sex, year, month, department (Corsica has letters), town, order; then the key. */
const NIR = /^[1-478]\d{2}\d{2}(\d{2}|2[AB])\d{3}(\d{3}(\d{2})?)?$/;

/** Which columns a file lacks, in French; none when it has all. */
export function missingColumns({ cells }: FileLine, required: readonly Column[] = REQUIRED): string[] {
  return required
    .filter((column) => !columns[column].some((name) => cells.has(name)))
    .map((column) => `la colonne « ${columns[column][0].toLowerCase()} » manque`);
}

/** What a line of corrections says of an elector who is on the lists: an empty cell leaves what is there. */
export interface CorrectedElector {
  readonly email: string;
  /** Takes the elector off every list. */
  readonly removed: boolean;
  readonly changes: Partial<Omit<NewIdentity, 'email'>>;
  readonly scrutinIds: readonly string[] | undefined;
}

type ScrutinIdOf = (code: string) => string | undefined;
type Faults = { readonly faults: readonly string[] };

/** What a line says, or what is wrong with it, in French and without repeating it. */
export function readLine(
  line: FileLine,
  scrutinIdOf: ScrutinIdOf,
): { readonly elector: ListedElector } | Faults {
  const { known, scrutinIds = [], faults } = readCells(line, scrutinIdOf, () => true);
  return faults.length > 0 ? { faults } : { elector: { known: known as NewIdentity, scrutinIds } };
}

/** The same of a line of corrections. */
export function readCorrection(
  line: FileLine,
  scrutinIdOf: ScrutinIdOf,
): { readonly correction: CorrectedElector } | Faults {
  const filled = (column: Column) => column === 'email' || cellOf(line, column) !== '';
  const { known, scrutinIds, faults } = readCells(line, scrutinIdOf, filled);
  const { email = '', ...changes } = known;
  const mark = cellOf(line, 'removal').toLowerCase();
  if (mark !== '' && mark !== 'oui' && mark !== 'non') faults.push('radiation : « oui », « non » ou rien');
  const removed = mark === 'oui';
  const changed = Object.keys(changes).length > 0 || scrutinIds !== undefined;
  if (removed && changed) faults.push('une radiation ne change rien d’autre');
  if (!removed && !changed) faults.push('la ligne ne change rien');
  return faults.length > 0 ? { faults } : { correction: { email, removed, changes, scrutinIds } };
}

function cellOf({ cells }: FileLine, column: Column): string {
  return columns[column].map((name) => cells.get(name)).find((value) => value !== undefined) ?? '';
}

/** Reads those cells of a line that are wanted. */
function readCells(
  line: FileLine,
  scrutinIdOf: ScrutinIdOf,
  wanted: (column: Column) => boolean,
): { known: Partial<NewIdentity>; scrutinIds: string[] | undefined; faults: string[] } {
  const faults: string[] = [];
  const cell = (column: Column) => cellOf(line, column);
  const text = (column: Column, name: string, most = 100) => {
    const value = cell(column);
    if (value === '') faults.push(`${name} absent`);
    else if (value.length > most) faults.push(`${name} de plus de ${most} caractères`);
    else if (/[\x00-\x1f\x7f-\x9f\ufffd]/.test(value)) faults.push(`${name} : caractère illisible`);
    return value;
  };
  const shaped = (column: Column, name: string, shape: RegExp, value = cell(column)) => {
    if (value === '') faults.push(`${name} absent`);
    else if (!shape.test(value)) faults.push(`${name} incorrect`);
    return value;
  };
  if (line.cells.has(TOO_MANY)) faults.push('trop de colonnes');
  const known: Mutable<Partial<NewIdentity>> = {};
  if (wanted('email')) known.email = shaped('email', 'identifiant', EMAIL);
  if (wanted('lastName')) known.lastName = text('lastName', 'nom');
  if (wanted('firstName')) known.firstName = text('firstName', 'prénom');
  if (wanted('birthDate')) known.birthDate = birthDate(cell('birthDate'), faults);
  if (wanted('corps')) known.corps = text('corps', 'corps', 200);
  if (wanted('academy')) known.academy = text('academy', 'académie');
  if (wanted('unit')) known.unit = text('unit', 'affectation', 200);
  if (wanted('numen')) known.numen = shaped('numen', 'NUMEN', /^[0-9A-Z]{13}$/, compact(cell('numen')));
  if (wanted('nir')) known.nir = nir(compact(cell('nir')), faults);
  const unitCode = compact(cell('unitCode'));
  if (unitCode !== '') known.unitCode = shaped('unitCode', 'UAI', /^[0-9A-Z-]{1,20}$/, unitCode);
  const delivery = deliveries.get(cell('delivery').toLowerCase());
  if (delivery === undefined) faults.push('remise : « main », « courrier » ou « recommandé »');
  else if (cell('delivery') !== '') known.delivery = delivery;
  if (cell('address') !== '') known.address = text('address', 'adresse postale', 500);
  else if (delivery === 'post' || delivery === 'registered') faults.push('adresse postale absente');
  const scrutinIds = wanted('scrutins') ? scrutins(cell('scrutins'), scrutinIdOf, faults) : undefined;
  return { known, scrutinIds, faults };
}

function scrutins(cell: string, idOf: (code: string) => string | undefined, faults: string[]): string[] {
  const codes = cell.split(/[\s|/+,;]+/).filter((code) => code !== '');
  const ids = new Set<string>();
  for (const code of codes) {
    const id = idOf(code.toUpperCase());
    if (id === undefined) faults.push(`scrutin inconnu : ${code.slice(0, 20)}`);
    else if (ids.has(id)) faults.push(`scrutin indiqué deux fois : ${code.slice(0, 20)}`);
    else ids.add(id);
  }
  return [...ids];
}

/** `30/06/1975` or `1975-06-30`, a day that there was. */
function birthDate(cell: string, faults: string[]): string {
  const [, day, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(cell) ?? [];
  const written = year && month && day ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : cell;
  if (cell === '') faults.push('date de naissance absente');
  else if (!isDay(written) || written < '1900-01-01') faults.push('date de naissance incorrecte');
  return written;
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : NaN;
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/** Ten digits at least (F46); where the key is there, it must be right. */
function nir(value: string, faults: string[]): string {
  if (value === '') faults.push('numéro de sécurité sociale absent');
  else if (!NIR.test(value) || (value.length === 15 && !keyHolds(value)))
    faults.push('numéro de sécurité sociale incorrect');
  return value;
}

function keyHolds(value: string): boolean {
  const digits = value.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - Number(BigInt(digits) % 97n) === Number(value.slice(13));
}

function compact(cell: string): string {
  return cell.replaceAll(/[\s.]/g, '').toUpperCase();
}
