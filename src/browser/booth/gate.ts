import { deriveGateKey, signGate } from '../../crypto/gate-key.js';
import { readVotingCode, type VotingCode } from '../../crypto/voting-code.js';
import { codeOf, type Answer } from './deposit.js';
import { element } from './dom.js';
import { ask } from './server.js';

/** What is wrong, and with which field. */
interface Mistake {
  readonly field?: 'code' | 'captcha';
  readonly text: string;
}

/**
 * « Saisie du code de vote » (E9). The code is read here and goes nowhere: what is sent is a signature of the server's nonce
 * (docs/protocol.md, V4, V7). `passed` is told the code once the server let us in.
 */
export function openGate(
  form: HTMLFormElement,
  electionId: string,
  passed: (code: VotingCode) => void,
): void {
  let busy = false;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    void knock(form, electionId)
      .then(async (result) => {
        if (typeof result === 'string') passed(result);
        else await tell(form, result);
      })
      .finally(() => {
        busy = false;
        form.removeAttribute('aria-busy');
      });
  });
}

/** The code once the server let it in, or what is to be mended first. */
async function knock(form: HTMLFormElement, electionId: string): Promise<VotingCode | readonly Mistake[]> {
  const typed = field(form, 'code').value;
  const captcha = field(form, 'captcha').value;
  const proof = form.querySelector<HTMLInputElement>('[name=proof]')?.value;
  const read = readVotingCode(typed);
  const mistakes: Mistake[] = [];
  if (!('code' in read)) mistakes.push({ field: 'code', text: wordsOf(read.problem, typed) });
  if (captcha.trim() === '' && !proof)
    mistakes.push({ field: 'captcha', text: 'Veuillez saisir le CAPTCHA.' });
  if (!('code' in read) || mistakes.length > 0) return mistakes;
  try {
    const offered = await ask('GET', '/api/gate');
    if (offered.status !== 200) return refusal(offered);
    const { nonce } = offered.body as { nonce: string };
    const signature = signGate(deriveGateKey(electionId, read.code), electionId, nonce);
    const captchaId = form.querySelector<HTMLInputElement>('[name=captchaId]')?.value;
    const answer = await ask('POST', '/api/gate', {
      ...{ nonce, signature, captchaId, captcha },
      ...(proof && { proof }),
    });
    return answer.status === 204 ? read.code : refusal(answer);
  } catch {
    return [{ text: 'Le portail ne répond pas. Vérifiez votre connexion, puis recommencez.' }];
  }
}

function wordsOf(problem: 'length' | 'symbol' | 'check', typed: string): string {
  const signs = typed.replace(/[\s\p{Pd}]/gu, '');
  if (signs === '') return 'Veuillez saisir votre code de vote.';
  if (problem === 'length') {
    return `Un code de vote a 20 caractères, en quatre groupes de cinq : vous en avez saisi ${signs.length}.`;
  }
  if (problem === 'symbol') {
    const strange = Array.from(signs).find((sign) => !/[0-9a-tv-z]/i.test(sign)) ?? 'U';
    return `« ${strange} » ne figure dans aucun code de vote : comparez avec votre notice.`;
  }
  return 'Un caractère n’est pas le bon : comparez les quatre groupes avec votre notice.';
}

function refusal(answer: Answer): readonly Mistake[] {
  const code = codeOf(answer.status, answer.body);
  if (answer.status === 401) location.assign('/connexion?session=terminee');
  const known: Readonly<Record<string, Mistake>> = {
    'captcha.wrong': {
      field: 'captcha',
      text: 'Ce n’est pas la bonne réponse au CAPTCHA. En voici un autre : veuillez le saisir.',
    },
    'gate.wrong-code': {
      field: 'code',
      text: 'Ce code de vote n’est pas celui de votre compte. Si vous avez obtenu un réassort, seul le nouveau code est valable.',
    },
  };
  const mistake = known[code];
  if (mistake) return [mistake];
  if (answer.status === 429) {
    const minutes = Math.ceil((answer.retryAfter ?? 60) / 60);
    const text = `Trop d’essais : veuillez patienter ${minutes} minute${minutes > 1 ? 's' : ''} avant de recommencer.`;
    return [{ field: 'code', text }];
  }
  return [{ text: 'Le portail n’a pas pu vérifier votre code. Veuillez recommencer.' }];
}

/** Shows what is wrong, first all of it and then at each field; the CAPTCHA was used, so here is another. */
async function tell(form: HTMLFormElement, mistakes: readonly Mistake[]): Promise<void> {
  await anotherCaptcha(form).catch(() => undefined);
  clear(form);
  const lines = mistakes.map(({ field: id, text }) =>
    element('li', {}, id ? element('a', { href: `#${id}` }, text) : text),
  );
  const title =
    mistakes.length === 1 ? 'Une erreur est à corriger' : `${mistakes.length} erreurs sont à corriger`;
  const summary = element(
    'div',
    { class: 'errors', role: 'alert', tabindex: '-1' },
    element('p', {}, element('strong', {}, title)),
    element('ul', {}, ...lines),
  );
  form.prepend(summary);
  for (const { field: id, text } of mistakes) {
    if (!id) continue;
    const input = field(form, id);
    input.before(element('p', { class: 'wrong', id: `${id}-erreur` }, text));
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', `${id}-aide ${id}-erreur`);
  }
  summary.focus();
}

function clear(form: HTMLFormElement): void {
  form.querySelectorAll('.errors').forEach((one) => {
    one.remove();
  });
  form.querySelectorAll('.wrong').forEach((one) => {
    one.remove();
  });
  for (const id of ['code', 'captcha'] as const) {
    field(form, id).removeAttribute('aria-invalid');
    field(form, id).setAttribute('aria-describedby', `${id}-aide`);
  }
}

async function anotherCaptcha(form: HTMLFormElement): Promise<void> {
  const { body } = await ask('POST', '/api/captcha', {});
  const { id, words, challenge } = body as { id: string; words: string; challenge?: string };
  const place = form.querySelector<HTMLElement>('fieldset.captcha');
  const hiddenId = form.querySelector<HTMLInputElement>('[name=captchaId]');
  const asked = form.querySelector<HTMLElement>('#captcha-aide strong');
  if (!place || !hiddenId || !asked) return;
  hiddenId.value = id;
  asked.textContent = words;
  field(form, 'captcha').value = '';
  place.querySelector('img')?.setAttribute('src', `/captcha/${id}`);
  if (challenge === undefined) return;
  place.dataset['proof'] = challenge;
  document.dispatchEvent(new Event('isoloir:page')); // src/browser/pages/proof-of-work.ts does the work
}

function field(form: HTMLFormElement, id: 'code' | 'captcha'): HTMLInputElement {
  return form.querySelector(`#${id}`) as HTMLInputElement;
}
