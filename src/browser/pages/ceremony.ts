/**
 * The page on which a key holder takes part in the ceremony of a board: keys are made and kept in this browser, every
 * message of the others is checked here before the next one leaves, and the share is downloaded under a passphrase.
 */
import { belenios2048BigInt } from '../../crypto/belenios-2048.js';
import { ceremonyOf, roundName, type CeremonyAnswer, type RoundName } from '../../crypto/ceremony-view.js';
import { ed25519Noble } from '../../crypto/ed25519-noble.js';
import type { Group, GroupName } from '../../crypto/group.js';
import { takeTurn, type Turn } from '../../crypto/key-ceremony-seat.js';
import { decryptRehearsalTally, OtherTally } from '../../crypto/rehearsal.js';
import { openShareFile, sealShareFile, SHORTEST_PASSPHRASE } from '../../crypto/share-file.js';
import { pause, readBoard, Refused, send } from './ceremony/portal.js';
import { forgetSecrets, keepSecrets, keptSecrets } from './ceremony/secrets.js';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const groups: Readonly<Record<GroupName, Group>> = {
  Ed25519: ed25519Noble,
  'BELENIOS-2048': belenios2048BigInt,
};
const LOOK = 1_000; // milliseconds between two looks at the ceremony

const labels: Readonly<Record<RoundName, string>> = {
  certificate: 'Certificats',
  commitment: 'Engagements',
  opening: 'Ouvertures',
  deal: 'Distribution des parts',
  completion: 'Vérification',
};

/** What the page shows and asks. */
interface Desk {
  readonly boardId: string;
  readonly csrf: string;
  readonly seats: readonly number[];
  /** Says what happens, for screen readers too. */
  readonly say: (text: string) => void;
  /** Offers a file and waits until the holder says that it is kept. */
  readonly handOver: (name: string, content: string) => Promise<void>;
}

/** Takes the turns of all seats of this holder until the ceremony ends. */
async function participate(desk: Desk, passphrase: string): Promise<void> {
  const { boardId, seats, say } = desk;
  const handed = new Set<number>();
  for (let faults = 0; ;) {
    const { ceremony } = await readBoard(boardId);
    if (!ceremony) {
      say('La cérémonie n’a pas commencé.');
      return;
    }
    if (ceremony.phase !== 'running') {
      for (const seat of seats) await forgetSecrets(nameOf(ceremony, seat));
      document.querySelector('[data-offer]')?.setAttribute('hidden', '');
      say(outcome(ceremony));
      return;
    }
    try {
      let spoken = false;
      for (const seat of seats) spoken = (await speak(desk, ceremony, seat, passphrase, handed)) || spoken;
      if (!spoken) await pause(LOOK);
    } catch (error) {
      if (error instanceof Refused || ++faults > 10) throw error;
      say(
        'Un message reçu n’est pas conforme : votre navigateur n’ira pas plus loin. Le portail va nommer son auteur.',
      );
      await pause(LOOK);
    }
  }
}

/** One turn of one seat; false when it is not its turn. */
async function speak(
  { boardId, csrf, say, handOver }: Desk,
  ceremony: CeremonyAnswer,
  seat: number,
  passphrase: string,
  handed: Set<number>,
): Promise<boolean> {
  const group = groups[ceremony.group];
  const name = nameOf(ceremony, seat);
  const path = `/api/boards/${boardId}/ceremonies/${ceremony.ceremonyId}`;
  const turn: Turn = takeTurn(group, ceremonyOf(ceremony), seat, await keptSecrets(name), random);
  if (turn.kind === 'complain') {
    say('La part que vous avez reçue est fausse : votre navigateur le montre à tous.');
    await send(`${path}/complaints`, { seat, message: turn.complaint }, csrf);
    return true;
  }
  if (turn.kind !== 'speak') {
    if (turn.kind === 'wait')
      say(`${labels[roundName(turn.round)]} : en attente du siège ${turn.silent.join(', ')}.`);
    return false;
  }
  await keepSecrets(name, turn.secrets); // before it is sent: what was said cannot be taken back
  if (turn.share !== undefined && !handed.has(seat)) {
    say('Votre part de la clé est calculée. Protection par votre phrase secrète…');
    const owner = { boardId, ceremonyId: ceremony.ceremonyId, seat };
    const file = await sealShareFile(group, owner, turn.share, passphrase, random);
    const kept = handOver(`part-siege-${seat}${ceremony.practice ? '-exercice' : ''}.json`, file).then(
      () => true,
    );
    // The other group may have been cheated meanwhile: then nothing is left to keep.
    if (!(await Promise.race([kept, ended(boardId)]))) return true;
    handed.add(seat);
  }
  const round = roundName(turn.round);
  await send(`${path}/messages`, { seat, round, message: turn.message }, csrf);
  say(`${labels[round]} : votre message est envoyé.`);
  return true;
}

/** False once the ceremony does not run any more. */
async function ended(boardId: string): Promise<false> {
  for (;;) {
    await pause(2 * LOOK);
    const board = await readBoard(boardId).catch(() => undefined);
    if (board && board.ceremony?.phase !== 'running') return false;
  }
}

function outcome({ phase, practice, reason, named }: CeremonyAnswer): string {
  if (phase === 'completed')
    return practice
      ? 'L’exercice est terminé : tout s’est bien passé. Aucune clé n’a été faite.'
      : 'La cérémonie est terminée : la clé du bureau est publiée.';
  const who = `${named.length > 1 ? 'les sièges' : 'le siège'} ${named.join(', ')}`;
  if (reason === 'cheated') return `La cérémonie est interrompue : ${who} a envoyé un message faux.`;
  if (reason === 'absent') return `La cérémonie est interrompue : ${who} ne répond pas.`;
  return 'La cérémonie est abandonnée.';
}

/** Decrypts the test tally with the share of a file. */
async function rehearse({ boardId, csrf, say }: Desk, file: File, passphrase: string): Promise<void> {
  const { key, rehearsal } = await readBoard(boardId);
  if (!key || !rehearsal) {
    say('Aucune répétition n’est en cours.');
    return;
  }
  const text = await file.text();
  const group = groups[text.includes('BELENIOS-2048') ? 'BELENIOS-2048' : 'Ed25519'];
  say('Ouverture de votre part…');
  const { owner, share } = await openShareFile(group, text, passphrase);
  const { rehearsalId, tally, votes } = rehearsal;
  const rehearsed = { boardId, rehearsalId, publicKey: key.publicKey, votes, tally };
  const decryption = decryptRehearsalTally(group, rehearsed, share, random);
  const path = `/api/boards/${boardId}/rehearsals/${rehearsalId}/decryptions`;
  await send(path, { seat: owner.seat, decryption }, csrf);
  const { rehearsal: after } = await readBoard(boardId);
  say(
    after?.done
      ? 'Votre part a déchiffré l’essai. Le quorum est atteint : les voix de l’essai sont retrouvées.'
      : 'Votre part a déchiffré l’essai. D’autres parts sont attendues.',
  );
}

function nameOf({ ceremonyId }: CeremonyAnswer, seat: number): string {
  return `${ceremonyId}/${seat}`;
}

/** What a holder reads of a failure. */
function explain(error: unknown): string {
  if (error instanceof Refused && error.status === 401)
    return 'Votre session est terminée : reconnectez-vous, rien n’est perdu.';
  if (error instanceof Refused && error.code === 'rehearsal.voting')
    return 'Le vote ouvre ou a ouvert : la répétition n’est plus permise, et rien n’a été envoyé.';
  if (error instanceof OtherTally)
    return 'Ce que le portail présente n’est pas l’essai de ses voix : votre navigateur n’a rien déchiffré. Prévenez les autres membres du bureau et un auditeur.';
  if (error instanceof Refused) return `Le portail a refusé : ${error.code}.`;
  if (error instanceof Error && error.name === 'WrongPassphrase')
    return 'La phrase secrète est fausse, ou le fichier a été modifié.';
  if (error instanceof Error && error.name === 'Malformed') return 'Ce fichier n’est pas une part de clé.';
  return 'Votre navigateur ne peut pas continuer. Rechargez la page : rien n’est perdu.';
}

function furnish(place: HTMLElement): Desk {
  const said = place.querySelector<HTMLElement>('[data-said]');
  const offer = place.querySelector<HTMLElement>('[data-offer]');
  const link = offer?.querySelector<HTMLAnchorElement>('a');
  const kept = offer?.querySelector<HTMLButtonElement>('button');
  return {
    boardId: place.dataset['board'] ?? '',
    csrf: place.dataset['csrf'] ?? '',
    seats: (place.dataset['seats'] ?? '').split(' ').filter(Boolean).map(Number),
    say: (text) => {
      if (said && said.textContent !== text) said.textContent = text;
    },
    handOver: (name, content) =>
      new Promise((resolve) => {
        if (!offer || !link || !kept) return;
        const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
        link.href = url;
        link.download = name;
        link.textContent = `Télécharger ${name}`;
        offer.hidden = false;
        link.focus();
        kept.onclick = () => {
          offer.hidden = true;
          URL.revokeObjectURL(url);
          resolve();
        };
      }),
  };
}

function wire(place: HTMLElement): void {
  const desk = furnish(place);
  const form = place.querySelector<HTMLFormElement>('form[data-participate]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const [first, second] = [...form.querySelectorAll<HTMLInputElement>('input[type=password]')];
    const wrong = place.querySelector<HTMLElement>('[data-wrong]');
    const typed = first?.value.normalize('NFKC').trim() ?? '';
    const problem =
      typed.length < SHORTEST_PASSPHRASE
        ? `La phrase secrète a au moins ${SHORTEST_PASSPHRASE} caractères.`
        : first?.value !== second?.value
          ? 'Les deux phrases ne sont pas les mêmes.'
          : undefined;
    if (wrong) wrong.textContent = problem ?? '';
    if (problem !== undefined) {
      first?.setAttribute('aria-invalid', 'true');
      first?.focus();
      return;
    }
    form.hidden = true;
    participate(desk, typed).catch((error: unknown) => {
      desk.say(explain(error));
      form.hidden = false;
    });
  });
  const rehearsal = place.querySelector<HTMLFormElement>('form[data-rehearse]');
  rehearsal?.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = rehearsal.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
    const passphrase = rehearsal.querySelector<HTMLInputElement>('input[type=password]')?.value ?? '';
    if (!file) return;
    rehearse(desk, file, passphrase).catch((error: unknown) => {
      desk.say(explain(error));
    });
  });
}

document.querySelectorAll<HTMLElement>('[data-ceremony]').forEach(wire);
