/** The page of a réassort: makes another voting code here, sends its public halves, then shows it (design 4). */
import { belenios2048BigInt } from '../../crypto/belenios-2048.js';
import { deriveCredential, publicCredential } from '../../crypto/credential.js';
import { ed25519Noble } from '../../crypto/ed25519-noble.js';
import { deriveGateKey } from '../../crypto/gate-key.js';
import { makeVotingCode, type VotingCode } from '../../crypto/voting-code.js';

interface Scrutin {
  scrutinId: string;
  uuid: string;
  group: 'Ed25519' | 'BELENIOS-2048';
}

/** Kept until the server took it, so that a lost answer is asked for again with the same code. */
let made: VotingCode | undefined;

function start(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-new-code]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(form);
  });
}

async function run(form: HTMLFormElement): Promise<void> {
  const said = form.querySelector<HTMLElement>('[data-said]');
  const button = form.querySelector('button');
  if (!said || !button) return;
  button.disabled = true;
  made ??= makeVotingCode((length) => crypto.getRandomValues(new Uint8Array(length)));
  const status = await send(form, made).catch(() => 0);
  said.replaceChildren();
  if (status === 204) {
    show(said, made);
    button.hidden = true;
    showSheet(form);
  } else {
    const text = document.createElement('p');
    const again = status === 0 || status >= 500;
    text.textContent = again
      ? 'Le serveur n’a pas répondu. Appuyez de nouveau sur le bouton : rien n’est perdu.'
      : 'Ce lien ne peut plus servir : faites une nouvelle demande de réassort.';
    said.append(text);
    button.disabled = !again;
  }
  said.focus();
}

async function send(form: HTMLFormElement, code: VotingCode): Promise<number> {
  const { token = '', csrf = '', election = '', scrutins = '[]' } = form.dataset;
  const credentials = (JSON.parse(scrutins) as Scrutin[]).map(({ scrutinId, uuid, group: name }) => {
    const group = name === 'Ed25519' ? ed25519Noble : belenios2048BigInt;
    return { scrutinId, credential: publicCredential(group, deriveCredential(group, uuid, code)) };
  });
  const answer = await fetch('/api/voting-code', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify({ token, gateKey: deriveGateKey(election, code).publicKey, credentials }),
  });
  return answer.status;
}

function show(place: HTMLElement, code: string): void {
  const title = document.createElement('p');
  title.textContent = 'Votre nouveau code de vote, à noter maintenant :';
  const text = document.createElement('p');
  const strong = document.createElement('strong');
  strong.dataset['code'] = '';
  strong.textContent = code;
  text.append(strong);
  place.append(title, text);
}

/** At a desk: what is printed and signed. */
function showSheet(form: HTMLFormElement): void {
  const sheet = form.querySelector<HTMLElement>('[data-sheet]');
  if (!sheet) return;
  sheet.hidden = false;
  sheet.querySelector('[data-print]')?.addEventListener('click', () => {
    window.print();
  });
}

start();
