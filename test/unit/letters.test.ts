import { describe, expect, it } from '@jest/globals';
import {
  activationReminderLetter,
  codeChangedLetter,
  contactChangedLetter,
  openingLetter,
  reassortLetter,
  type Occasion,
} from '../../src/mail/letters.js';

const link = 'https://vote.exemple.fr/portail/lien#abc_DEF-1';
const portalOpens = new Date('2022-10-13T08:00:00Z');
const occasion: Occasion = {
  title: 'Élections professionnelles 2022',
  opens: new Date('2022-12-01T07:00:00Z'),
  closes: new Date('2022-12-08T16:00:00Z'),
  portal: 'https://vote.exemple.fr/',
};

describe('the opening mail (E1)', () => {
  const { subject, html, text } = openingLetter(occasion, link);

  it('has the labels that electors know, in both bodies', () => {
    expect(subject).toBe('Ouverture du portail élections professionnelles');
    for (const body of [html, text]) {
      for (const label of [
        'DOCUMENT À CONSERVER',
        'Lien à usage unique (OTL)',
        'Accéder au portail Elections',
        'Ce lien ci-après ne peut être utilisé qu’une seule fois',
        'Conservez-le, il vous sera utile jusqu’à la période de vote',
        'Besoin du réassort de votre mot de passe Élections\u00a0?',
        link,
        occasion.portal,
      ]) {
        expect(body).toContain(label);
      }
    }
  });

  it('says when one can vote, in Paris time', () => {
    const dates = 'ouvrira le jeudi 01 décembre 2022 à 08h00 et fermera le jeudi 08 décembre 2022 à 17h00';
    expect(html).toContain(`${dates} (heure de Paris)`);
    expect(text).toContain(`${dates} (heure de Paris)`);
    const undated = openingLetter({ ...occasion, opens: undefined, closes: undefined }, link);
    expect(undated.text).not.toContain('ouvrira');
    expect(undated.html).not.toContain('undefined');
  });

  it('loads nothing from anywhere: no image, no style sheet, no script', () => {
    expect(html).not.toMatch(/<(img|link|script|style)|url\(/i);
  });
});

describe('every mail', () => {
  const letters = {
    opening: openingLetter,
    reassort: reassortLetter,
    'contact-changed': contactChangedLetter,
    'code-changed': codeChangedLetter,
    'opening, early': (one: Occasion, to: string) => openingLetter({ ...one, portalOpens }, to),
    'activation-reminder, early': (one: Occasion, to: string) =>
      activationReminderLetter({ ...one, portalOpens }, to),
  };

  it.each(Object.entries(letters))('%s: escapes HTML, and leaves text alone', (_, letter) => {
    const { html, text } = letter({ ...occasion, title: 'Élections <b>&"' }, link);
    expect(html).toContain('Élections &lt;b&gt;&amp;&quot;');
    expect(html).not.toContain('<b>');
    expect(text).toContain('Élections <b>&"');
    expect(`${html}${text}`).not.toMatch(/undefined|\[object/);
  });

  it.each(Object.entries(letters))('%s: is set in French type', (_, letter) => {
    const { text } = letter(occasion, link);
    expect(text).not.toMatch(/'|"/);
    const words = text.replaceAll(/https?:\S+/g, '');
    expect(words).not.toMatch(/[^\u00a0][:;!?»]|«[^\u00a0]/); // no-break spaces
    expect(text).not.toMatch(/\n{3}/);
  });
});

it('a password réassort names its link and what to do when one did not ask', () => {
  const { subject, html } = reassortLetter(occasion, link);
  expect(subject).toBe('Réassort de votre mot de passe Élections');
  expect(html).toContain(`href="${link}"`);
  expect(html).toContain('votre mot de passe actuel reste valable');
});

it.each([
  ['to a former address', contactChangedLetter, 'Vous n’avez pas demandé ce changement'],
  ['about a new code', codeChangedLetter, 'Vous n’avez pas demandé ce code'],
])('the message %s holds no link to the account, and leads to whom to call', (_, letter, words) => {
  const { html, text } = letter(occasion);
  expect(html).not.toContain(link);
  expect(text).toContain(words);
  for (const body of [html, text]) expect(body).toContain(`${occasion.portal}assistance`);
});
