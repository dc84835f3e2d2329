/**
 * Keeps the figures of an open page up to date: the server says when there is a new one, and the page asks for itself
 * again, at most every two seconds. Without this script, reloading the page does.
 */
function follow(place: HTMLElement): void {
  let last = 0;
  const refresh = async () => {
    last = Date.now();
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) {
      location.reload(); // the session is over: the server leads to the sign-in
      return;
    }
    const fresh = new DOMParser()
      .parseFromString(await answer.text(), 'text/html')
      .querySelector('[data-live]');
    if (fresh) place.replaceChildren(...fresh.childNodes);
  };
  const source = new EventSource(place.dataset['live'] ?? '');
  let waiting = 0;
  source.addEventListener('message', () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(
      () => {
        refresh().catch(() => undefined); // the next message tries again
      },
      Math.max(0, LEAST - (Date.now() - last)),
    );
  });
}

const LEAST = 2_000; // milliseconds between two refreshes

document.querySelectorAll<HTMLElement>('[data-live]').forEach(follow);
