/**
 * Warns before a session ends, with a way to stay (RGAA 13.1), by the clock of the server. Without this script the page
 * says when the session ends, and any page that is opened prolongs it.
 */
function watch(place: HTMLElement): void {
  const dialog = place.querySelector('dialog');
  const stay = place.querySelector<HTMLButtonElement>('[data-stay]');
  if (!dialog || !stay) return;
  const ahead = Number(place.dataset['now']) - Date.now();
  let ends = Number(place.dataset['ends']);
  let timer = 0;

  const schedule = () => {
    clearTimeout(timer);
    const left = ends - (Date.now() + ahead);
    if (left <= 0) location.assign(place.dataset['door'] ?? '/');
    else if (left <= WARNING) {
      if (!dialog.open) dialog.showModal();
      timer = window.setTimeout(schedule, left + 1000);
    } else {
      if (dialog.open) dialog.close();
      timer = window.setTimeout(schedule, left - WARNING);
    }
  };
  stay.addEventListener('click', () => {
    const headers = { 'X-CSRF-Token': place.dataset['csrf'] ?? '' };
    fetch('/session', { method: 'POST', headers })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        const { endsAt } = (await answer.json()) as { endsAt: string };
        ends = Date.parse(endsAt);
        dialog.close();
        schedule();
      })
      .catch(() => {
        location.reload(); // the server says what is left of the session
      });
  });
  document.addEventListener('visibilitychange', schedule); // a machine that slept kept no time
  schedule();
}

const WARNING = 120_000; // milliseconds

document.querySelectorAll<HTMLElement>('[data-session]').forEach(watch);
