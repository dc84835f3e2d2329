import { remaining, type Remaining } from '../../http/countdown.js';

/**
 * Keeps the countdown of a page going, by the clock of the server: that of the machine may be wrong. Nothing here is
 * announced by a screen reader, which reads it when it is asked to.
 */
function keepCounting(place: HTMLElement): void {
  const until = Number(place.dataset['until']);
  const ahead = Number(place.dataset['now']) - Date.now();
  const tick = () => {
    const now = Date.now() + ahead;
    if (now >= until) {
      location.reload(); // the server says what comes next
      return;
    }
    const left = remaining(now, until);
    for (const figure of place.querySelectorAll<HTMLElement>('[data-left]')) {
      figure.textContent = left[figure.dataset['left'] as keyof Remaining];
    }
    setTimeout(tick, 60_000 - (now % 60_000) + 50);
  };
  tick();
}

document.querySelectorAll<HTMLElement>('[data-countdown]').forEach(keepCounting);
