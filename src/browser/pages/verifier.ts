/** « Vérifier mon bulletin »: whether a ballot is in the log, found out here and not by the server (F80). */
import { Malformed } from '../../crypto/malformed.js';
import { ballotEntry } from '../../crypto/log-entries.js';
import { parseLogProof, printLogProof, provesEntry } from '../../crypto/log-proof.js';
import { isSignedBy, parseNoteKey } from '../../crypto/signed-note.js';
import { toBase64 } from '../../crypto/base64-text.js';

interface Answer {
  /** How many characters of the reference to ask with. */
  readonly digits: number;
  readonly deposits: readonly { readonly entry: string; readonly proof: string }[];
}

const REFERENCE = /^[A-Za-z0-9+/]{43}$/;
const utf8 = new TextEncoder();
const offline = location.protocol === 'file:';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the page says which element it is
function element<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(selector);
  return found;
}

const form = element<HTMLFormElement>('[data-verify]');
const field = element<HTMLInputElement>('#reference');
const file = element<HTMLInputElement>('#preuve');
const said = element('[data-said]');
const key = parseNoteKey(form.dataset['key'] ?? '');

function say(kind: 'yes' | 'no' | 'wait', title: string, lines: readonly string[] = []): void {
  const heading = document.createElement('h2');
  heading.textContent = title;
  const paragraphs = lines.map((line) => {
    const paragraph = document.createElement('p');
    paragraph.textContent = line;
    return paragraph;
  });
  said.replaceChildren(heading, ...paragraphs);
  said.dataset['said'] = kind;
}

/** The verdict on a proof: everything is computed here. */
function judge(reference: string, proof: string): void {
  const parsed = parseLogProof(proof);
  const scrutinId = new TextDecoder().decode(parsed.extra ?? new Uint8Array());
  if (!isSignedBy(parsed.signed.note, key) || parsed.signed.origin !== key.name) {
    say('no', 'Cette preuve n’est pas signée par le journal de cette élection.');
    return;
  }
  if (!provesEntry(parsed, ballotEntry(scrutinId, reference))) {
    say('no', 'Cette preuve n’est pas celle de ce bulletin.');
    return;
  }
  const { size, root } = parsed.signed;
  say('yes', 'Ce bulletin est dans l’urne.', [
    `Il est la feuille n° ${parsed.index + 1} du journal, sous la racine signée de ${size} feuilles : ${toBase64(root)}`,
    'Le journal le contient. Qu’il a été compté se vérifie après le dépouillement : « Vérifier l’urne », ou isoloir audit avec cette référence.',
    'Conservez la preuve : elle se vérifie aussi hors ligne, et après l’élection.',
  ]);
  offer(proof, reference);
}

function offer(proof: string, reference: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([proof], { type: 'text/plain' }));
  link.download = `bulletin-${reference.slice(0, 8).replaceAll(/[+/]/g, '-')}.tlog-proof`;
  link.textContent = 'Enregistrer la preuve (.tlog-proof)';
  said.append(link);
}

/** Asks for all ballots that begin alike, with as few characters as the service has room for, and finds the one here. */
async function search(reference: string): Promise<void> {
  let answer = await ask(reference, 1);
  if (answer.digits > 1) answer = await ask(reference, answer.digits);
  for (const scrutinId of (form.dataset['scrutins'] ?? '').split(' ')) {
    const entry = toBase64(ballotEntry(scrutinId, reference));
    const found = answer.deposits.find((one) => one.entry === entry);
    if (!found) continue;
    judge(reference, printLogProof({ ...parseLogProof(found.proof), extra: utf8.encode(scrutinId) }));
    return;
  }
  say('no', 'Ce bulletin n’est pas dans le journal publié.', [
    'Le journal est signé toutes les minutes : si vous venez de voter, attendez deux minutes et recommencez.',
    'Si ce message reste, adressez-vous au bureau de vote avec votre preuve de dépôt.',
  ]);
}

async function ask(reference: string, digits: number): Promise<Answer> {
  const response = await fetch(`/api/deposits?prefix=${encodeURIComponent(reference.slice(0, digits))}`);
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Answer;
}

async function verify(): Promise<void> {
  const reference = field.value.replaceAll(/\s/g, '').replace(/=$/, '');
  if (!REFERENCE.test(reference)) {
    say('no', 'Une référence compte 43 caractères : copiez-la telle que l’écran du vote l’a montrée.');
    field.focus();
    return;
  }
  const [proof] = file.files ?? [];
  if (proof) judge(reference, await proof.text());
  else if (offline) say('no', 'Hors ligne, choisissez aussi le fichier de la preuve (.tlog-proof).');
  else {
    say('wait', 'Recherche en cours…');
    await search(reference);
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  verify().catch((error: unknown) => {
    if (error instanceof Malformed) say('no', 'Ce fichier n’est pas une preuve que cette page sait lire.');
    else say('no', 'Le service ne répond pas. Recommencez dans un moment.');
  });
});
document.addEventListener('dragover', (event) => {
  event.preventDefault();
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  if (event.dataTransfer?.files.length) file.files = event.dataTransfer.files;
});
