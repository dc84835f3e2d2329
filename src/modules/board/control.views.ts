import { isSealed, presentRound, silentIn, type Board } from './board.state.decider.js';
import type { ControlledScrutin, PublishedRoot } from './control.js';

const PHASES = {
  open: 'urne ouverte',
  suspended: 'vote suspendu',
  frozen: 'urne figée',
  tallied: 'en dépouillement',
  proclaimed: 'résultat proclamé',
} as const;

/** What is said of a key that nobody has tried (design 5: on the eve). */
export const NEVER_REHEARSED =
  'Aucune répétition du déchiffrement n’a abouti : personne ne sait encore si les parts de la clé ouvrent l’urne';

/** The state of the seal, in words. */
export function sealSaid(board: Board, scrutins: readonly ControlledScrutin[]): string {
  const { sealing } = board;
  if (scrutins.length > 0 && scrutins.every(({ roll }) => roll)) return 'scellé';
  if (!sealing) return 'rien n’a été proposé au scellement';
  if (sealing.broken) return 'scellement rompu';
  return `proposé, ${sealing.approvals.size} approbation(s) donnée(s)`;
}

/** The scrutins of a board as the page shows them. */
export function controlView(scrutins: readonly ControlledScrutin[]) {
  return scrutins.map(({ phase, ballots, signatures, reassorts, ...rest }) => ({
    ...rest,
    ballots,
    signatures,
    agrees: ballots === signatures,
    state: phase === undefined ? 'pas encore ouverte' : PHASES[phase],
    reassorts: reassorts?.completed ?? 0,
    inPerson: reassorts?.inPerson ?? 0,
  }));
}

/** The newest published root, as the page shows it. */
export function rootView(root: PublishedRoot | undefined) {
  return root && { size: root.size, root: root.root };
}

/** What waits for somebody of the board, each with the page where it is done. */
export function waitingFor(
  board: Board,
  scrutins: readonly ControlledScrutin[],
  requests: { readonly boxes: number; readonly build: object | undefined },
): { readonly said: string; readonly href: string }[] {
  const at = `/bureau/${board.boardId}`;
  const count = `/bureau/depouillement/${board.boardId}`;
  const waiting: { said: string; href: string }[] = [];
  const say = (said: string, href: string) => waiting.push({ said, href });
  const { ceremony, key, rehearsal, sealing } = board;
  const voting = scrutins.some(({ phase }) => phase !== undefined);
  if (key && !rehearsal && !voting) say(NEVER_REHEARSED, `${at}/repetition`);
  if (ceremony && ceremony.ended === undefined) {
    const round = presentRound(ceremony);
    const silent = round ? silentIn(ceremony, round) : [];
    if (silent.length > 0)
      say(`Cérémonie des clés : sièges ${silent.join(', ')} attendus`, `${at}/ceremonie`);
  }
  if (rehearsal && !rehearsal.done) say('Répétition du déchiffrement à terminer', `${at}/repetition`);
  if (sealing && !sealing.broken && !isSealed(board)) say('Scellement à approuver', `${at}/scelle`);
  if (sealing?.breaking && !sealing.broken) say('Rupture du scellement à approuver', `${at}/scelle`);
  if (requests.build) say('Remplacement du logiciel à approuver', `${at}/logiciel`);
  if (requests.boxes > 0)
    say(`${requests.boxes} suspension(s), reprise(s) ou report(s) de clôture à approuver`, `${at}/urnes`);
  const phases = scrutins.map(({ phase }) => phase);
  if (phases.includes('frozen')) say('Rapprochement de l’urne et du registre à faire', count);
  if (phases.includes('tallied')) say('Déchiffrement à faire', count);
  if (phases.includes('proclaimed')) say('Procès-verbal à signer, s’il ne l’est pas', count);
  return waiting;
}
