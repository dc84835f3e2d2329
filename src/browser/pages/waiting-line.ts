/**
 * Waits in line for who sent a form when too many did: the form is sent again, under the place that is kept, until there
 * is an answer. Without this script the answer is a page that asks to send it again.
 */
function waitInLine(form: HTMLFormElement): void {
  let sending = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    form.setAttribute('aria-busy', 'true');
    const { submitter } = event;
    const fields = new URLSearchParams();
    new FormData(form, submitter).forEach((value, name) => {
      if (typeof value === 'string') fields.append(name, value);
    });
    sendUntilAnswered(form, fields).catch(() => {
      form.removeAttribute('aria-busy');
      sending = false;
      say(form, 'Le portail ne répond pas. Vérifiez votre connexion, puis recommencez.');
    });
  });
}

async function sendUntilAnswered(form: HTMLFormElement, fields: URLSearchParams): Promise<void> {
  for (;;) {
    const answer = await fetch(form.action, { method: 'POST', body: fields, credentials: 'same-origin' });
    const place = answer.headers.get('X-Line-Place');
    if (answer.status !== 503 || place === null) {
      await show(answer);
      return;
    }
    say(
      form,
      `Beaucoup de personnes se connectent en ce moment. Vous êtes à la place ${place}. Ne fermez pas cette page.`,
    );
    const seconds = Number(answer.headers.get('Retry-After') ?? 2);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

async function show(answer: Response): Promise<void> {
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = document.querySelector('main');
  const next = page.querySelector('main');
  if (!main || !next) {
    location.reload();
    return;
  }
  document.title = page.title;
  main.replaceWith(next);
  (next.querySelector<HTMLElement>('.errors') ?? next).focus();
  listen();
  document.dispatchEvent(new Event('isoloir:page'));
}

function say(form: HTMLFormElement, text: string): void {
  const known = form.parentElement?.querySelector<HTMLElement>('[data-line-said]');
  const place = known ?? document.createElement('p');
  place.className = 'note';
  place.setAttribute('role', 'status');
  place.dataset['lineSaid'] = '';
  if (!known) form.before(place);
  place.textContent = text;
}

function listen(): void {
  document.querySelectorAll<HTMLFormElement>('form[data-line]').forEach(waitInLine);
}

listen();
