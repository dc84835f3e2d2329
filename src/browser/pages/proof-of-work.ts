import { solveChallenge, type Challenge, type DeriveKeyFunction } from 'altcha-lib';

/** PBKDF2 of the browser: what the server checks with its own. */
const deriveKey: DeriveKeyFunction = async ({ cost, keyLength }, salt, password) => {
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(password), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: Uint8Array.from(salt), iterations: cost };
  return { derivedKey: new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)) };
};

/** Does the work that CAPTCHA=altcha asks for, and takes the question in words away: it is for who has no JavaScript. */
async function work(place: HTMLElement): Promise<void> {
  const challenge = JSON.parse(place.dataset['proof'] ?? '') as Challenge;
  const said = place.querySelector<HTMLElement>('[data-proof-said]');
  const field = place.querySelector<HTMLInputElement>('#captcha');
  const proof = place.querySelector<HTMLInputElement>('[name=proof]');
  const question = place.querySelector<HTMLElement>('[data-question]');
  const button = place.closest('form')?.querySelector<HTMLButtonElement>('.actions button');
  if (!said || !field || !proof || !question || !button) return;
  said.hidden = false;
  question.hidden = true;
  field.required = false;
  button.disabled = true;
  try {
    const solution = await solveChallenge({ challenge, deriveKey });
    if (!solution) throw new Error('no solution');
    proof.value = JSON.stringify({ challenge, solution });
    said.textContent = 'Votre navigateur a prouvé qu’il n’est pas un robot.';
  } catch {
    said.hidden = true;
    question.hidden = false;
    field.required = true;
  }
  button.disabled = false;
}

const start = () => {
  document.querySelectorAll<HTMLElement>('[data-proof]').forEach((place) => void work(place));
};
document.addEventListener('isoloir:page', start);
start();
