/** The holder's page: verifies every tally of the board, decrypts here, and sends proofs and factors only. */
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

/** More ballots than this are verified by the holder's own auditor, not by a page. */
const MOST = 2_000;
const PORTION = 150_000; // characters sent at once

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const objections = {
  count: 'le nombre de bulletins n’est pas celui du gel',
  root: 'les bulletins ne sont pas ceux du gel',
  tally: 'le résultat chiffré n’est pas la somme des bulletins',
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
  const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
  const phrase = form.querySelector<HTMLInputElement>('input[type=password]');
  const typed = file ? await file.text() : (field?.value ?? '');
  const passphrase = phrase?.value ?? '';
  if (field) field.value = '';
  if (phrase) phrase.value = '';
  const count = (await (await fetch(`/api/boards/${board}/count`)).json()) as Count;
  const verified = form.querySelector<HTMLInputElement>('input[name=audited]')?.checked ?? false;
  const [first] = count.scrutins;
  if (!first) throw new Error('aucun scrutin n’est encore gelé');
  const share = await shareFrom(pollOf(first.election), typed, passphrase);
  let parts: Part[] = [];
  const send = async () => {
    if (parts.length > 0) await post(board, csrf, parts, count, say);
    parts = [];
  };
  for (const scrutin of count.scrutins) {
    const made = await partFor(scrutin, count, { share, seat: Number(seat), verified }, say);
    if (made) parts.push(made);
    if (JSON.stringify(parts).length > PORTION) await send();
  }
  await send();
  say('Terminé.');
}

function pollOf(text: string): Poll {
  const election = parseElection(text);
  return openPoll(election.group === 'Ed25519' ? ed25519Noble : belenios2048BigInt, election);
}

async function partFor(
  scrutin: Scrutin,
  { keyHolders, owners }: Count,
  { share, seat, verified }: { share: bigint; seat: number; verified: boolean },
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
  if (scrutin.ballots > MOST && !verified) {
    say(`${title} : plus de ${MOST} bulletins ; vérifiez d’abord avec votre propre outil d’audit.`);
    return undefined;
  }
  if (scrutin.ballots <= MOST) {
    const text = await (await fetch(`/api/scrutins/${scrutinId}/ballots`)).text();
    const objection = objectionTo(
      poll,
      { ...scrutin, tally },
      text.split('\n').filter((line) => line !== ''),
    );
    if (objection) {
      say(`${title} : NON DÉCHIFFRÉ, ${objections[objection]}. Prévenez le président du bureau.`);
      return undefined;
    }
    say(`${title} : ${scrutin.ballots} bulletin(s) vérifié(s).`);
  }
  return { scrutinId, ...decryptPart(poll, tally, share, random) };
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
