/** The holder's page: verifies every tally of the board, decrypts here, and sends proofs and factors only. */
import {
  notAudited,
  parseAuditedTallies,
  tallyHash,
  type AuditedTally,
} from '../../crypto/audited-tallies.js';
import { belenios2048BigInt } from '../../crypto/belenios-2048.js';
import { ed25519Noble } from '../../crypto/ed25519-noble.js';
import { openPoll, parseElection, type Poll } from '../../crypto/election.js';
import { decryptPart, objectionTo, placesOf, shareFrom } from '../../crypto/holder.js';
import { Malformed } from '../../crypto/malformed.js';
import { WrongPassphrase } from '../../crypto/share-file.js';

interface Scrutin {
  scrutinId: string;
  title: string;
  phase: string;
  election: string;
  ballots: number;
  boxRoot: string;
  tally: string | null;
  seatsDecrypted: number[];
}
interface Count {
  owners: number[];
  keyHolders: string | null;
  scrutins: Scrutin[];
}
interface Part {
  scrutinId: string;
  decryption: string;
  binding: string;
}

/** A box of more ballots than this is added up by the holder's own auditor, not by a page. */
const MOST = 2_000;
const PORTION = 150_000; // characters sent at once

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const objections = {
  count: 'le nombre de bulletins n’est pas celui du gel',
  twice: 'un bulletin y est deux fois',
  root: 'les bulletins ne sont pas ceux du gel',
  tally: 'le résultat chiffré n’est pas la somme des bulletins',
} as const;
const differences = {
  'not-in-file': `plus de ${MOST.toLocaleString('fr-FR')} bulletins, et le fichier de vos totaux audités n’en parle pas`,
  'other-election':
    'dans le fichier de vos totaux audités, ce scrutin est celui d’une autre élection ou d’un autre bureau',
  'other-count': 'le nombre de bulletins n’est pas celui de vos totaux audités',
  'other-tally': 'le résultat chiffré n’est pas celui de vos totaux audités',
} as const;

function start(): void {
  const place = document.querySelector<HTMLFormElement>('form[data-decrypt]');
  place?.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(place);
  });
}

async function run(form: HTMLFormElement): Promise<void> {
  const said = form.querySelector<HTMLElement>('[data-said]');
  const button = form.querySelector('button');
  if (!said || !button) return;
  const say = (text: string) => {
    const line = document.createElement('p');
    line.textContent = text;
    said.append(line);
  };
  said.replaceChildren();
  button.disabled = true;
  try {
    await decryptAll(form, say);
  } catch (error) {
    say(`Rien d’autre n’a été envoyé : ${reasonOf(error)}.`);
  }
  const next = document.createElement('a');
  next.href = `/bureau/depouillement/${form.dataset['board'] ?? ''}`;
  next.textContent = 'Voir où en est le dépouillement, et ce qui reste à faire';
  said.append(next);
  button.disabled = false;
  said.focus();
}

/** Why nothing was sent, in the words of the page. */
function reasonOf(error: unknown): string {
  if (error instanceof WrongPassphrase) return 'la phrase secrète est fausse, ou le fichier a été modifié';
  if (error instanceof Malformed) return 'ce n’est pas le fichier d’une part de la clé';
  return error instanceof Error ? error.message : 'erreur inconnue';
}

async function decryptAll(form: HTMLFormElement, say: (text: string) => void): Promise<void> {
  const { board, csrf, seat } = form.dataset as { board: string; csrf: string; seat: string };
  const field = form.querySelector<HTMLTextAreaElement>('textarea');
  const file = form.querySelector<HTMLInputElement>('#fichier')?.files?.[0];
  const phrase = form.querySelector<HTMLInputElement>('input[type=password]');
  const typed = file ? await file.text() : (field?.value ?? '');
  const passphrase = phrase?.value ?? '';
  if (field) field.value = '';
  if (phrase) phrase.value = '';
  const count = (await (await fetch(`/api/boards/${board}/count`)).json()) as Count;
  const [first] = count.scrutins;
  if (!first) throw new Error('aucun scrutin n’est encore gelé');
  const audited = await auditedOf(form, count.scrutins);
  const share = await shareFrom(pollOf(first.election), typed, passphrase);
  let parts: Part[] = [];
  const send = async () => {
    if (parts.length > 0) await post(board, csrf, parts, count, say);
    parts = [];
  };
  for (const scrutin of count.scrutins) {
    const made = await partFor(scrutin, count, { share, seat: Number(seat), audited }, say);
    if (made) parts.push(made);
    if (JSON.stringify(parts).length > PORTION) await send();
  }
  await send();
  say('Terminé.');
}

/** What the holder's own audit added up; nothing where no file is given. The file does not leave the browser. */
async function auditedOf(
  form: HTMLFormElement,
  scrutins: readonly Scrutin[],
): Promise<readonly AuditedTally[] | undefined> {
  const file = form.querySelector<HTMLInputElement>('#totaux')?.files?.[0];
  if (!file) return undefined;
  let audited: AuditedTally[];
  try {
    audited = parseAuditedTallies(await file.text());
  } catch {
    throw new Error(`« ${file.name} » n’est pas un fichier de totaux audités (isoloir audit --tallies)`);
  }
  if (scrutins.some(({ scrutinId }) => audited.some((one) => one.scrutinId === scrutinId))) return audited;
  const titles = scrutins.map(({ title }) => `« ${title} »`).join(', ');
  throw new Error(
    `« ${file.name} » est d’une autre élection ou d’un autre bureau : il ne parle pas de ${titles}`,
  );
}

function pollOf(text: string): Poll {
  const election = parseElection(text);
  return openPoll(election.group === 'Ed25519' ? ed25519Noble : belenios2048BigInt, election);
}

async function partFor(
  scrutin: Scrutin,
  { keyHolders, owners }: Count,
  { share, seat, audited }: { share: bigint; seat: number; audited: readonly AuditedTally[] | undefined },
  say: (text: string) => void,
): Promise<Part | undefined> {
  const { scrutinId, title, phase, tally } = scrutin;
  if (phase !== 'encrypted' || tally === null || keyHolders === null) return undefined;
  const poll = pollOf(scrutin.election);
  const seats = placesOf(poll, keyHolders, share).map((place) => owners[place - 1]);
  if (seats.length === 0) throw new Error('cette part n’est celle d’aucun détenteur de ce bureau');
  if (!seats.includes(seat))
    throw new Error(`cette part est celle du siège ${seats.join(' ou ')}, et vous tenez le siège ${seat}`);
  if (scrutin.seatsDecrypted.includes(seat)) {
    say(`${title} : déjà déchiffré par ce siège.`);
    return undefined;
  }
  const objection = await objectionOf(poll, { ...scrutin, tally }, audited);
  if (objection) {
    say(`${title} : NON DÉCHIFFRÉ, ${objection}. Prévenez la présidence du bureau.`);
    return undefined;
  }
  say(
    `${title} : ${scrutin.ballots} bulletin(s) vérifié(s). Empreinte du total chiffré : ${tallyHash(tally)}`,
  );
  return { scrutinId, ...decryptPart(poll, tally, share, random) };
}

/** Why this tally must not be decrypted: it is the one of the holder's own audit, or this page adds it up. */
async function objectionOf(
  poll: Poll,
  scrutin: Scrutin & { tally: string },
  audited: readonly AuditedTally[] | undefined,
): Promise<string | undefined> {
  const difference = notAudited(audited ?? [], poll.election, scrutin);
  if (difference === undefined) return undefined;
  if (difference !== 'not-in-file') return differences[difference];
  if (scrutin.ballots > MOST)
    return audited
      ? differences[difference]
      : `plus de ${MOST} bulletins : donnez le fichier de vos totaux audités`;
  const text = await (await fetch(`/api/scrutins/${scrutin.scrutinId}/ballots`)).text();
  const objection = objectionTo(
    poll,
    scrutin,
    text.split('\n').filter((line) => line !== ''),
  );
  return objection && objections[objection];
}

const refusals = new Map<string | undefined, string>([
  [
    'counting.not-witnessed',
    'les témoins du journal n’ont pas encore vu le gel, recommencez dans une minute',
  ],
  ['counting.other-share', 'cette part est celle d’un autre siège'],
]);

async function post(
  board: string,
  csrf: string,
  parts: Part[],
  { scrutins }: Count,
  say: (text: string) => void,
): Promise<void> {
  const response = await fetch(`/api/boards/${board}/decryptions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify({ parts }),
  });
  if (!response.ok) throw new Error(`le serveur a refusé l’envoi (${response.status})`);
  const filed = (await response.json()) as {
    scrutinId: string;
    verdict: string;
    code?: string;
    proclaimed: boolean;
  }[];
  for (const { scrutinId, verdict, code, proclaimed } of filed) {
    const title = scrutins.find((one) => one.scrutinId === scrutinId)?.title ?? scrutinId;
    const taken = verdict === 'valid' ? 'part acceptée' : (refusals.get(code) ?? 'part refusée');
    say(`${title} : ${taken}${proclaimed ? ', résultat proclamé' : ''}.`);
  }
}

start();
