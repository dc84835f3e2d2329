import { passwordRules, unmetRules } from '../../modules/account/password-rules.js';

/** Ticks the rules of a password (F25 to F30) while it is typed, by the function by which the server judges it. */
function showRules(list: HTMLElement, field: HTMLInputElement): void {
  const said = list.querySelector<HTMLElement>('[data-rules-said]');
  const tick = () => {
    const unmet = unmetRules(field.value);
    for (const { id } of passwordRules) {
      const line = list.querySelector(`[data-rule="${id}"]`);
      line?.toggleAttribute('data-met', field.value !== '' && !unmet.some((rule) => rule.id === id));
    }
    return unmet;
  };
  field.addEventListener('input', tick);
  // A screen reader is told once, when the field is left.
  field.addEventListener('change', () => {
    const unmet = tick();
    if (!said) return;
    said.textContent =
      unmet.length === 0
        ? 'Le mot de passe remplit toutes les conditions.'
        : `Il manque : ${unmet.map(({ label }) => label).join(', ')}.`;
  });
}

const start = () => {
  const rules = document.getElementById('regles');
  const password = document.getElementById('password');
  if (rules && password instanceof HTMLInputElement) showRules(rules, password);
};
document.addEventListener('isoloir:page', start);
start();
