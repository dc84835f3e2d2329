/** « Vérifier l’urne »: a counted box audited in this browser, from its public archive alone (F101). */
import { claims } from './box-audit/claims.js';
import type { Asked, Audited, Told } from './box-audit/messages.js';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the page says which element it is
function element<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(selector);
  return found;
}

const form = element<HTMLFormElement>('[data-box-audit]');
const button = element<HTMLButtonElement>('[data-box-audit] [data-go]');
const stop = element<HTMLButtonElement>('[data-box-audit] [data-stop]');
const bar = element<HTMLProgressElement>('[data-box-audit] progress');
const stage = element('[data-stage]');
const said = element('[data-said]');
const file = document.querySelector<HTMLInputElement>('[data-box-audit] input[type=file]');
const { archive: address = '', root: sealed = '' } = form.dataset;

/** The one that conducts, and its helpers. */
let workers: Worker[] = [];

/** The script of the workers: its own file, or the text that a saved page carries. */
function scriptOfWorkers(): string {
  const carried = document.querySelector('#script-des-fils');
  if (!carried) return new URL('/assets/box-audit-worker.js', location.href).href;
  return URL.createObjectURL(new Blob([carried.textContent], { type: 'text/javascript' }));
}

function say(kind: 'yes' | 'no', title: string, ...content: readonly (Node | string)[]): void {
  const heading = document.createElement('h2');
  heading.textContent = title;
  said.replaceChildren(heading, ...content);
  said.dataset['said'] = kind;
}

function made(name: string, text: string): HTMLElement {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}

function running(is: boolean): void {
  button.disabled = is;
  stop.hidden = !is;
  bar.hidden = !is;
  if (is) said.replaceChildren();
}

function end(): void {
  for (const worker of workers) worker.terminate();
  workers = [];
  running(false);
}

async function archive(): Promise<ArrayBuffer | undefined> {
  const [chosen] = file?.files ?? [];
  if (chosen) return chosen.arrayBuffer();
  if (address === '') {
    say('no', 'Choisissez le fichier de l’urne (.bel).');
    file?.focus();
    return undefined;
  }
  stage.textContent = 'Téléchargement de l’urne…';
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return response.arrayBuffer();
}

async function audit(): Promise<void> {
  const bytes = await archive();
  if (!bytes) return;
  running(true);
  stage.textContent = 'Lecture de l’urne…';
  // One thread conducts, the page has one for itself; the others check ballots.
  const count = 1 + Math.max(1, navigator.hardwareConcurrency - 1);
  const script = scriptOfWorkers();
  workers = Array.from({ length: count }, () => started(script));
  const [conductor, ...helpers] = workers as [Worker, ...Worker[]];
  const ports = helpers.map((helper) => {
    const { port1, port2 } = new MessageChannel();
    helper.postMessage({ kind: 'serve', port: port2 } satisfies Asked, [port2]);
    return port1;
  });
  conductor.onmessage = ({ data }: MessageEvent<Told>) => {
    hear(data);
  };
  conductor.postMessage({ kind: 'audit', archive: bytes, helpers: ports } satisfies Asked, [bytes, ...ports]);
}

function started(script: string): Worker {
  const worker = new Worker(script);
  worker.onerror = (event) => {
    event.preventDefault();
    end();
    stage.textContent = '';
    say('no', 'La vérification s’est interrompue : ce navigateur ne peut pas la mener.');
  };
  return worker;
}

function hear(told: Told): void {
  if (told.kind === 'progress') {
    bar.max = Math.max(1, told.total);
    bar.value = told.done;
    stage.textContent = `${told.done} bulletins vérifiés sur ${told.total}`;
  } else if (told.kind === 'audited') {
    end();
    stage.textContent = '';
    pronounce(told);
  } else {
    end();
    stage.textContent = '';
    say('no', 'Ce fichier n’est pas une urne que cette page sait lire.');
  }
}

/** The verdict, then each claim, then what is wrong. */
function pronounce({ report, root, answers }: Audited): void {
  const other = sealed !== '' && sealed !== root;
  const list = document.createElement('ul');
  for (const { name, verdict, findings, count } of report.checks) {
    const word = { passed: 'OUI', failed: 'NON', unchecked: '—' }[verdict];
    const item = made('li', `${word} ${claims[name]}`);
    item.dataset['verdict'] = verdict;
    if (count > 0)
      item.append(...findings.slice(0, 5).map(({ place, reason }) => made('p', `${place} : ${reason}`)));
    list.append(item);
  }
  if (sealed !== '') list.append(made('li', `${other ? 'NON' : 'OUI'} L’urne est celle qui a été gelée`));
  const sound = report.sound && !other;
  const count = made('p', `${report.ballots} bulletins. Empreinte de l’urne gelée : `);
  count.append(made('code', root));
  say(
    sound ? 'yes' : 'no',
    sound ? 'Cette urne est conforme : le résultat est celui de ces bulletins.' : 'NON CONFORME',
    count,
    ...(sound ? [resultOf(report.result ?? [], answers)] : []),
    list,
  );
}

function resultOf(result: readonly (readonly number[])[], answers: Audited['answers']): HTMLElement {
  const list = document.createElement('ul');
  list.dataset['result'] = '';
  for (const [i, question] of result.entries()) {
    for (const [k, votes] of question.entries()) {
      const name = (answers[i]?.[k] ?? `Choix ${k + 1}`).replace(/^(?:[0-9a-f-]{36}|blank) /, '');
      list.append(made('li', `${name} : ${votes}`));
    }
  }
  return list;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  audit().catch(() => {
    end();
    stage.textContent = '';
    say('no', 'Le service ne répond pas. Recommencez dans un moment.');
  });
});
stop.addEventListener('click', () => {
  end();
  stage.textContent = 'Vérification interrompue.';
});
