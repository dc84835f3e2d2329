type Child = Node | string | false | undefined;
type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** An element. Text is only ever set as text; a function is what to do on a click. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (typeof value === 'string') made.setAttribute(name, value);
  }
  made.append(...children.filter(isShown).map((child) => (typeof child === 'string' ? tied(child) : child)));
  return made;
}

/** Shows a view in place of another and tells of it: the heading takes the focus, and a screen reader reads it. */
export function show(place: HTMLElement, name: string, ...children: readonly Child[]): void {
  place.replaceChildren(...children.filter(isShown));
  document.title = document.title.replace(/^.*(?= – )/, name);
  window.scrollTo(0, 0);
  place.querySelector<HTMLElement>('h1')?.focus();
}

/** The heading of a view. */
export function heading(text: string): HTMLElement {
  return element('h1', { tabindex: '-1' }, text);
}

const STEPS = ['Choix scrutin', 'Constitution bulletin', 'Vote', 'Accusé de réception'];

/** « 1 Choix scrutin · 2 Constitution bulletin · 3 Vote · 4 Accusé de réception » (F67). */
export function steps(current: 1 | 2 | 3 | 4): HTMLElement {
  const items = STEPS.map((label, i) => {
    const done = i + 1 < current;
    const attributes = { 'aria-current': i + 1 === current && 'step', class: done && 'done' };
    const number = element(
      'span',
      { class: 'number', 'aria-hidden': done && 'true' },
      done ? '✓' : String(i + 1),
    );
    return element('li', attributes, number, ` ${label}`, done && hidden(' (étape terminée)'));
  });
  return element('nav', { class: 'steps', 'aria-label': 'Étapes du vote' }, element('ol', {}, ...items));
}

/** Words for a screen reader only. */
export function hidden(text: string): HTMLElement {
  return element('span', { class: 'visually-hidden' }, text);
}

/** Waits until the browser has drawn what was changed last. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
}

function isShown(child: Child): child is Node | string {
  return child !== false && child !== undefined;
}

/** French signs stay with their word, as on the pages of the server (src/http/views.ts). */
function tied(text: string): string {
  return text.replace(/ (?=[?!:;»](?:\s|$|[.,)]))/g, '\u00a0').replace(/« /g, '«\u00a0');
}
