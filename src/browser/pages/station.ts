/**
 * A workstation where electors vote one after the other (F117). Whoever walks away is signed out after two minutes, with a
 * warning; a page that the browser kept is asked for again; no field is filled in from what somebody else typed.
 */
function keep(place: HTMLElement): void {
  const dialog = place.querySelector('dialog');
  const stay = place.querySelector<HTMLButtonElement>('[data-here]');
  const leave = place.querySelector('form');
  let last = Date.now();
  let timer = 0;

  const schedule = () => {
    clearTimeout(timer);
    const idle = Date.now() - last;
    if (idle >= LONGEST) {
      if (leave) leave.submit();
      else location.replace('/');
      return;
    }
    const warned = idle >= LONGEST - WARNING;
    if (warned && dialog && !dialog.open) dialog.showModal();
    timer = window.setTimeout(schedule, (warned ? LONGEST : LONGEST - WARNING) - idle);
  };
  const touched = () => {
    last = Date.now();
    if (dialog?.open) dialog.close();
    schedule();
  };
  for (const kind of ['pointerdown', 'keydown', 'touchstart', 'wheel'])
    addEventListener(kind, touched, { passive: true });
  stay?.addEventListener('click', touched);
  document.addEventListener('visibilitychange', schedule);
  schedule();
}

const LONGEST = 120_000; // milliseconds without a touch
const WARNING = 30_000;

const place = document.querySelector<HTMLElement>('[data-station]');
if (place) {
  keep(place);
  for (const form of document.querySelectorAll('form')) form.autocomplete = 'off';
  for (const field of document.querySelectorAll('input')) field.autocomplete = 'off';
  // A page that the browser kept would show the next one what the one before saw.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
