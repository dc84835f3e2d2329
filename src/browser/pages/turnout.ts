/**
 * Keeps the figures of an open page up to date: the server says when there is something that the page does not show, and
 * the page asks for itself again, at most every two seconds. Without this script, reloading the page does.
 */
function follow(place: HTMLElement): void {
  const source = new EventSource(place.dataset['live'] ?? '');
  source.addEventListener('message', () => {
    source.close();
    refresh(place)
      .then((fresh) => {
        setTimeout(() => {
          follow(fresh);
        }, LEAST);
      })
      .catch(() => {
        location.reload(); // the session is over, or the service away: the server says which
      });
  });
}

/** Puts what the server shows now in the place of what is shown. */
async function refresh(place: HTMLElement): Promise<HTMLElement> {
  // By itself: it does not keep the session alive.
  const answer = await fetch(location.href, { headers: { 'X-Automatic': '1' } });
  const whole = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = whole.querySelector<HTMLElement>('[data-live]');
  if (!answer.ok || !fresh) throw new Error(String(answer.status));
  place.replaceWith(fresh);
  return fresh;
}

const LEAST = 2_000; // milliseconds between two refreshes

document.querySelectorAll<HTMLElement>('[data-live]').forEach(follow);
