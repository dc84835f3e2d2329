/** « Vérifier l’urne »: a counted box audited in this browser, from its public archive alone (F101). */
import { claims } from './box-audit/claims.js';
import { inWords } from './box-audit/findings.js';
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
const typed = document.querySelector<HTMLInputElement>('[data-box-audit] [name=root]');
const { archive: address = '', root = '' } = form.dataset;

/** The root of the frozen box: that of the portal, or what whoever asks has typed from the minutes. */
const sealedRoot = () => root || (typed?.value ?? '').replace(/\s/g, '').toLowerCase();

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

/** The audit under way: what comes from one that was ended before is not heard. */
let current = 0;

function end(): void {
  current += 1;
  for (const worker of workers) worker.terminate();
  workers = [];
  stage.textContent = '';
  running(false);
}

/** The archive that was chosen, or that of the portal; or why there is none. */
async function archive(): Promise<ArrayBuffer | string> {
  const [chosen] = file?.files ?? [];
  if (!/^(?:[0-9a-f]{64})?$/.test(sealedRoot()))
    return 'L’empreinte du procès-verbal a 64 chiffres et lettres de a à f.';
  if (!chosen && address === '') return 'Choisissez le fichier de l’urne (.bel).';
  try {
    if (chosen) return await chosen.arrayBuffer();
    stage.textContent = 'Téléchargement de l’urne…';
    const response = await fetch(address);
    if (response.ok) return await response.arrayBuffer();
  } catch {
    // said below
  }
  if (chosen) return 'Ce fichier n’a pas pu être lu : il est peut-être trop grand pour ce navigateur.';
  return 'Le téléchargement n’a pas abouti : rien n’a été vérifié. Recommencez dans un moment.';
}

async function audit(): Promise<void> {
  running(true);
  const mine = (current += 1);
  const bytes = await archive();
  if (mine !== current) return;
  if (typeof bytes === 'string') {
    end();
    say('no', bytes);
    return;
  }
  stage.textContent = 'Lecture de l’urne…';
  // One thread conducts, the page has one for itself; the others check ballots.
  const count = 1 + Math.max(1, navigator.hardwareConcurrency - 1);
  const script = scriptOfWorkers();
  workers = Array.from({ length: count }, () => new Worker(script));
  for (const worker of workers) {
    worker.onerror = (event) => {
      event.preventDefault();
      if (mine === current) giveUp();
    };
  }
  const [conductor, ...helpers] = workers as [Worker, ...Worker[]];
  const ports = helpers.map((helper) => {
    const { port1, port2 } = new MessageChannel();
    helper.postMessage({ kind: 'serve', port: port2 } satisfies Asked, [port2]);
    return port1;
  });
  conductor.onmessage = ({ data }: MessageEvent<Told>) => {
    if (mine === current) hear(data);
  };
  conductor.postMessage({ kind: 'audit', archive: bytes, helpers: ports } satisfies Asked, [bytes, ...ports]);
}

/** A thread has ended before its time: nothing is known of the box. */
function giveUp(): void {
  end();
  say(
    'no',
    'La vérification s’est interrompue : ce navigateur ne peut pas la mener.',
    made(
      'p',
      'Cela ne dit rien de l’urne. Essayez un autre navigateur ou une machine qui a plus de mémoire.',
    ),
  );
}

function hear(told: Told): void {
  if (told.kind === 'progress') {
    bar.max = Math.max(1, told.total);
    bar.value = told.done;
    stage.textContent = `${told.done} bulletins vérifiés sur ${told.total}`;
  } else if (told.kind === 'audited') {
    end();
    pronounce(told);
  } else {
    end();
    say(
      'no',
      'Ce fichier n’est pas une urne que cette page sait lire.',
      made('p', 'Il est peut-être incomplet : téléchargez-le de nouveau.'),
    );
  }
}

const words = { passed: 'OUI', failed: 'NON', unchecked: 'NON VÉRIFIÉ' } as const;

/** The verdict, then each claim with what is wrong. */
function pronounce({ report, root: found, name, answers }: Audited): void {
  const sealed = sealedRoot();
  const other = sealed !== '' && sealed !== found;
  const list = document.createElement('ul');
  for (const { name, verdict, findings, count } of report.checks) {
    const item = made('li', `${words[verdict]} ${claims[name]}`);
    item.dataset['verdict'] = verdict;
    item.append(...findings.slice(0, 5).map((finding) => made('p', inWords(finding, report.ballots))));
    if (count > 5) item.append(made('p', `et ${count - 5} autres`));
    list.append(item);
  }
  if (sealed !== '') list.append(made('li', `${other ? 'NON' : 'OUI'} L’urne est celle qui a été gelée`));
  const sound = report.sound && !other;
  const count = made('p', `${name === '' ? '' : `${name} : `}${report.ballots} bulletins. `);
  count.append('Empreinte de cette urne : ', made('code', found));
  say(
    sound ? 'yes' : 'no',
    sound ? 'Cette urne est conforme : le résultat est celui de ces bulletins.' : 'NON CONFORME',
    count,
    ...(sealed === '' ? [made('p', UNCOMPARED)] : []),
    sound ? resultOf(report.result ?? [], answers) : made('p', REFUSED),
    list,
  );
}

const UNCOMPARED =
  'Reste à comparer cette empreinte avec celle du procès-verbal : si elle en diffère, ce fichier n’est pas l’urne qui a été gelée, et des bulletins peuvent y manquer.';
const REFUSED =
  'Une vérification au moins a échoué : elle est marquée NON ci-dessous. Téléchargez l’archive de nouveau et recommencez. Si le verdict est le même, gardez le fichier et prévenez le bureau de vote.';

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
  audit().catch(giveUp);
});
stop.addEventListener('click', () => {
  end();
  stage.textContent = 'Vérification interrompue.';
});
// A verdict is that of the file and of the root that are shown, or it is not there.
form.addEventListener('input', () => {
  end();
  said.replaceChildren();
});
