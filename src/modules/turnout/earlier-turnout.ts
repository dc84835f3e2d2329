import { Refusal } from '../../ledger/refusal.js';

/** What had voted in a scrutin of an earlier election, so many hours after its opening. */
export interface EarlierLine {
  readonly scrutin: string;
  readonly hours: number;
  readonly electors: number;
  readonly votes: number;
}

const HEADER = 'scrutin;heures;inscrits;votants';
const MOST = 100_000;

/**
 * Reads the turnout of an earlier election (CSV): `scrutin;heures;inscrits;votants`, votes summed since the opening. A
 * scrutin is named by its code, or its title. Throws a `Refusal` that names the line and the field.
 */
export function parseEarlierTurnout(text: string): EarlierLine[] {
  const [header = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (header.trim().toLowerCase() !== HEADER) throw wrong(1, `la première ligne doit être « ${HEADER} »`);
  const rows = lines
    .map((line, index) => ({ line, number: index + 2 }))
    .filter(({ line }) => line.trim() !== '');
  if (rows.length === 0 || rows.length > MOST) throw wrong(2, `de 1 à ${MOST} lignes sont attendues`);
  return rows.map(({ line, number }) => parseLine(line, number));
}

function parseLine(line: string, number: number): EarlierLine {
  const fields = line.split(';').map((field) => field.trim());
  const [scrutin = '', hours = '', electors = '', votes = ''] = fields;
  if (fields.length !== 4) throw wrong(number, 'quatre champs sont attendus');
  if (scrutin === '' || scrutin.length > 200)
    throw wrong(number, 'scrutin : un code ou un titre est attendu');
  const read = (name: string, field: string, most: number) => {
    if (!/^\d{1,9}$/.test(field) || Number(field) > most)
      throw wrong(number, `${name} : un nombre entier est attendu`);
    return Number(field);
  };
  const figures = {
    hours: read('heures', hours, 1_000),
    electors: read('inscrits', electors, 100_000_000),
    votes: read('votants', votes, 100_000_000),
  };
  if (figures.votes > figures.electors) throw wrong(number, 'votants : plus que d’inscrits');
  return { scrutin, ...figures };
}

function wrong(line: number, what: string): Refusal {
  return new Refusal('turnout.earlier-wrong', `Ligne ${line} : ${what}.`);
}

/** How things stood as many hours after the opening: the last line of each scrutin that is not later, summed. */
export function earlierAt(
  lines: readonly EarlierLine[],
  hours: number,
  scrutins?: readonly string[],
): { readonly electors: number; readonly votes: number } | undefined {
  const latest = new Map<string, EarlierLine>();
  for (const line of lines) {
    if (line.hours > hours || (scrutins && !scrutins.includes(line.scrutin))) continue;
    if ((latest.get(line.scrutin)?.hours ?? -1) <= line.hours) latest.set(line.scrutin, line);
  }
  if (latest.size === 0) return undefined;
  return [...latest.values()].reduce(
    (sum, { electors, votes }) => ({ electors: sum.electors + electors, votes: sum.votes + votes }),
    { electors: 0, votes: 0 },
  );
}
