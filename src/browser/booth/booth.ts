/**
 * Gate and booth, one page: the voting code lives in its memory from E9 to the last vote, and nowhere else. A reload forgets
 * it. Everything that a browser runs on this page is in this file's bundle, whose hash is sealed (DH-5).
 */
import '../pages/proof-of-work.js';
import '../pages/session.js';
import '../pages/station.js';
import { toBase64 } from '../../crypto/base64-text.js';
import type { Poll } from '../../crypto/election.js';
import type { SealedBallot } from '../../crypto/ballot-maker.js';
import { ballotEntry } from '../../crypto/log-entries.js';
import type { VotingCode } from '../../crypto/voting-code.js';
import { answersOf, NotSealed, openSealed, sealChoice } from './ballot.js';
import { choiceView, type ScrutinLine } from './choice.js';
import { confirmView, type Confirming } from './confirm.js';
import type { Pinned, Receipt, ScrutinState } from './contract.js';
import { deposit, type Deposit } from './deposit.js';
import { drawn, show } from './dom.js';
import { openGate } from './gate.js';
import { answered, listsView, type Answered } from './lists.js';
import { receiptView } from './receipt.js';
import { ask, fetchDocument, pause, useToken } from './server.js';
import { stoppedView, troubleView, type WayOut } from './trouble.js';

/** Where the elector is. Neither the address nor the history of the browser says what was chosen. */
type Place =
  | { readonly step: 'choice' }
  | { readonly step: 'lists'; readonly scrutinId: string }
  | { readonly step: 'confirm'; readonly scrutinId: string; readonly choice: Answered }
  | { readonly step: 'receipt'; readonly receipt: Receipt };

class Booth {
  private states: readonly ScrutinState[] = [];
  private readonly polls = new Map<string, Poll>();
  private readonly places: Place[] = [];
  /** A ballot is on its way: there is no going back. */
  private sending = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly pinned: Pinned,
    private readonly code: VotingCode,
  ) {
    addEventListener('popstate', ({ state }: PopStateEvent) => {
      this.back(state);
    });
    addEventListener('beforeunload', (event) => {
      if (this.sending) event.preventDefault();
    });
  }

  /** E11, with what the server says now. */
  async begin(): Promise<void> {
    await this.look();
    this.places.push({ step: 'choice' });
    history.replaceState({ place: 0 }, '');
    await this.show({ step: 'choice' });
  }

  private get lines(): ScrutinLine[] {
    return this.pinned.scrutins.flatMap((pinned) => {
      const state = this.states.find(({ scrutinId }) => scrutinId === pinned.scrutinId);
      return state ? [{ pinned, state }] : [];
    });
  }

  private line(scrutinId: string): ScrutinLine | undefined {
    return this.lines.find(({ pinned }) => pinned.scrutinId === scrutinId);
  }

  private async look(): Promise<void> {
    const { status, body } = await ask('GET', '/api/booth');
    if (status === 401) location.assign('/connexion?session=terminee');
    if (status === 403) location.reload(); // the gate again
    if (status !== 200) throw new Error(`booth: ${status}`);
    this.states = (body as { scrutins: ScrutinState[] }).scrutins;
  }

  private async go(place: Place): Promise<void> {
    this.places.push(place);
    history.pushState({ place: this.places.length - 1 }, '');
    await this.show(place);
  }

  /** The back and forward buttons of the browser. */
  private back(state: unknown): void {
    if (this.sending) {
      history.pushState(state, ''); // a ballot is on its way
      return;
    }
    const index = (state as { place?: unknown } | null)?.place;
    const place = typeof index === 'number' ? this.places[index] : undefined;
    void this.show(place ?? { step: 'choice' });
  }

  private async show(place: Place): Promise<void> {
    if (place.step === 'receipt') {
      this.showReceipt(place.receipt);
      return;
    }
    const line = place.step === 'choice' ? undefined : this.line(place.scrutinId);
    // A scrutin that was voted offers no way to a ballot, whatever the history holds (F85).
    if (place.step === 'choice' || !line || line.state.signed) await this.showChoice();
    else if (place.step === 'lists') await this.showLists(line);
    else this.showConfirm(line, place.choice);
  }

  private async showChoice(): Promise<void> {
    await this.look().catch(() => undefined); // what another tab did since
    show(this.root, 'Choix du scrutin', ...choiceView(this.pinned, this.lines, this.participate));
  }

  private readonly participate = ({ pinned }: ScrutinLine): void => {
    void this.go({ step: 'lists', scrutinId: pinned.scrutinId });
  };

  private async showLists(line: ScrutinLine): Promise<void> {
    const { scrutinId } = line.pinned;
    const poll = await this.open(line);
    if (!poll) return;
    const choices = answered(line, answersOf(poll));
    const views = listsView(line, choices, {
      chosen: (choice) => void this.go({ step: 'confirm', scrutinId, choice }),
      back: () => void this.go({ step: 'choice' }),
    });
    show(this.root, 'Constitution bulletin', ...views);
  }

  /** The election of a scrutin, to the byte as it was sealed. */
  private async open({ pinned }: ScrutinLine): Promise<Poll | undefined> {
    const known = this.polls.get(pinned.scrutinId);
    if (known) return known;
    try {
      const poll = openSealed(await fetchDocument(pinned.electionFile), pinned);
      this.polls.set(pinned.scrutinId, poll);
      return poll;
    } catch (error) {
      const text =
        error instanceof NotSealed
          ? `Ce que le serveur a envoyé n’est pas ce qui a été scellé par le bureau de vote (${pinned.seal.slice(0, 16)}…). Ne votez pas, et prévenez tout de suite le bureau de vote et l’assistance.`
          : 'Ce scrutin n’a pas pu être chargé. Vérifiez votre connexion, puis recommencez.';
      show(
        this.root,
        'Scrutin indisponible',
        ...stoppedView('Ce scrutin ne peut pas être affiché', text, [this.toChoice]),
      );
      return undefined;
    }
  }

  private readonly toChoice: WayOut = {
    label: 'Retour au choix du scrutin',
    go: () => void this.go({ step: 'choice' }),
  };

  private showConfirm(line: ScrutinLine, choice: Answered): void {
    const poll = this.polls.get(line.pinned.scrutinId);
    if (!poll) {
      void this.showLists(line);
      return;
    }
    const view = confirmView(choice, answersOf(poll).length - 1, {
      vote: () => void this.vote(line, poll, choice, view),
      back: () => void this.go({ step: 'lists', scrutinId: line.pinned.scrutinId }),
    });
    show(this.root, 'Vote', ...view.nodes);
  }

  /** « JE VOTE »: encrypts, shows the reference, and only then sends. */
  private async vote(line: ScrutinLine, poll: Poll, choice: Answered, view: Confirming): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    view.say('Votre navigateur chiffre votre bulletin…');
    await drawn();
    const ballot = sealChoice(poll, this.code, choice.answer);
    view.showReference(ballot.reference);
    view.say('Votre bulletin est envoyé. Ne fermez pas cette page.');
    await drawn();
    await this.send(line, ballot);
  }

  private async send(line: ScrutinLine, ballot: SealedBallot): Promise<void> {
    const { scrutinId, acknowledgementKey } = line.pinned;
    const { electionId } = this.pinned;
    const sent: Deposit = { electionId, scrutinId, reference: ballot.reference, acknowledgementKey };
    this.sending = true;
    const outcome = await deposit(
      sent,
      () => ask('POST', `/api/scrutins/${scrutinId}/votes`, { ballot: ballot.text }),
      pause,
    );
    this.sending = false;
    await this.look().catch(() => undefined);
    if (outcome.kind === 'recorded') {
      const { at } = outcome.receipt;
      this.states = this.states.map((state) =>
        state.scrutinId === scrutinId ? { ...state, signed: true, signedAt: state.signedAt ?? at } : state,
      );
      await this.go({ step: 'receipt', receipt: outcome.receipt });
      return;
    }
    const again: WayOut = { label: 'Demander de nouveau', go: () => void this.send(line, ballot) };
    const find: WayOut = {
      label: 'Chercher ma référence dans l’urne',
      go: () => void this.find(line, ballot, again),
    };
    const ways = outcome.kind === 'unanswered' ? [again, find] : [this.toChoice];
    show(this.root, 'Vote non confirmé', ...troubleView(outcome, ballot.reference, ways));
  }

  /** Looks for a ballot without an answer among those whose references begin alike (design 6). It is no receipt. */
  private async find({ pinned }: ScrutinLine, { reference }: SealedBallot, again: WayOut): Promise<void> {
    const entry = toBase64(ballotEntry(pinned.scrutinId, reference));
    let found = false;
    for (let digits = 1, asked = 0; !found && digits > asked;) {
      asked = digits;
      const prefix = encodeURIComponent(reference.slice(0, asked));
      const answer = await ask('GET', `/api/deposits?prefix=${prefix}`).catch(() => undefined);
      if (answer?.status !== 200) break;
      const body = answer.body as { digits: number; deposits: readonly { entry: string }[] };
      digits = Math.min(3, body.digits); // as few as the service has room for
      found = body.deposits.some((one) => one.entry === entry);
    }
    const text = found
      ? `Le serveur indique que le bulletin de référence ${reference} est dans l’urne. Il ne vous manque que l’accusé de réception : demandez-le de nouveau.`
      : `La référence ${reference} n’a pas été trouvée. L’urne se publie toutes les minutes : attendez un peu, ou demandez de nouveau. C’est toujours le même bulletin.`;
    show(
      this.root,
      'Vote non confirmé',
      ...stoppedView('Votre vote n’est pas encore confirmé', text, [again]),
    );
  }

  /** Shown once: who leaves it leaves the proof of deposit (F80). */
  private showReceipt(receipt: Receipt): void {
    const line = this.line(receipt.scrutinId);
    const index = this.places.findIndex((place) => place.step === 'receipt' && place.receipt === receipt);
    if (!line || index < 0) {
      void this.showChoice();
      return;
    }
    this.places[index] = { step: 'choice' };
    const views = receiptView(this.pinned, line, receipt, this.lines, this.participate);
    show(this.root, 'Accusé de réception', ...views);
  }
}

function start(root: HTMLElement): void {
  const pinned = JSON.parse(root.dataset['pinned'] ?? '') as Pinned;
  const form = root.querySelector<HTMLFormElement>('#porte');
  root.querySelector('[data-not-loaded]')?.remove();
  if (!form) return;
  useToken(pinned.csrf);
  openGate(form, pinned.electionId, (code) => {
    const booth = new Booth(root, pinned, code);
    booth.begin().catch(() => {
      const again: WayOut = {
        label: 'Recommencer',
        go: () => {
          location.reload();
        },
      };
      const text = 'Vos scrutins n’ont pas pu être chargés. Vérifiez votre connexion, puis recommencez.';
      show(root, 'Espace de vote', ...stoppedView('L’espace de vote ne répond pas', text, [again]));
    });
  });
  // A page that the browser kept would still hold the code of who left it.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

const root = document.getElementById('isoloir');
if (root) start(root);
