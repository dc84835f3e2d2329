import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { verifyAcknowledgement } from '../crypto/acknowledgement.js';
import { makeBallot, type Marks } from '../crypto/ballot-maker.js';
import { deriveCredential } from '../crypto/credential.js';
import { openPoll, parseElection } from '../crypto/election.js';
import { deriveGateKey, signGate } from '../crypto/gate-key.js';
import { serverGroup } from '../crypto/server-groups.js';
import type { VotingCode } from '../crypto/voting-code.js';
import { cookieName } from '../http/sessions.js';
import type { Running } from '../start.js';

const NUMBERS =
  'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize'.split(' ');
const random = (length: number) => randomBytes(length);

/**
 * Votes over HTTP as the booth does: the gate opens for a signature by the code's key, the ballot is made here, and the
 * acknowledgement is checked. Only the session is opened without its screens: accounts are no part of a scrutin.
 */
export class TestElector {
  private readonly csrf = randomUUID();
  private cookie = '';

  constructor(
    private readonly running: Running,
    private readonly electorId: string,
    private readonly code: VotingCode,
  ) {}

  /** Signs in and passes the gate. */
  async enter(): Promise<void> {
    await this.signIn();
    const { electionId, nonce } = await this.get<{ electionId: string; nonce: string }>('/api/gate');
    const { id, words } = (await (await this.post('/api/captcha', {})).json()) as {
      id: string;
      words: string;
    };
    const sum = words.split(' plus ').reduce((total, word) => total + NUMBERS.indexOf(word) + 1, 0);
    const signature = signGate(deriveGateKey(electionId, this.code), electionId, nonce);
    const passed = await this.post('/api/gate', { nonce, signature, captchaId: id, captcha: String(sum) });
    if (passed.status !== 204) throw new Error(`the gate answered ${passed.status}`);
  }

  /** Casts a ballot for an answer by its number. */
  async vote(
    scrutinId: string,
    electionText: string,
    choice: number,
    acknowledgementKey: string,
  ): Promise<void> {
    const election = parseElection(electionText);
    const group = await serverGroup(election.group);
    const poll = openPoll(group, election);
    const answers = election.questions[0]?.answers ?? [];
    const marks = answers.map((_, i) => (i === choice ? 1 : 0)) satisfies Marks;
    const { text: ballot, reference } = makeBallot(
      poll,
      deriveCredential(group, election.uuid, this.code),
      [marks],
      random,
    );
    const answer = await this.post(`/api/scrutins/${scrutinId}/votes`, { ballot });
    const receipt = (await answer.json()) as { reference: string; batch: number; acknowledgement: string };
    if (answer.status !== 200 || receipt.reference !== reference)
      throw new Error(`a vote was answered ${answer.status}`);
    const { electionId } = await this.get<{ electionId: string }>('/api/gate');
    const acknowledged = { electionId, scrutinId, reference, batch: receipt.batch };
    if (!verifyAcknowledgement(acknowledgementKey, acknowledged, receipt.acknowledgement))
      throw new Error('an acknowledgement does not hold');
  }

  private async signIn(): Promise<void> {
    const { sessions, digests, clock } = this.running.foundation;
    const sid = randomUUID();
    const data = {
      cookie: {},
      csrfToken: this.csrf,
      passport: { user: { kind: 'elector', electorId: this.electorId, activated: true } },
      signedInAt: `${clock.now().slice(0, 16)}:00.000Z`,
    };
    await promisify(sessions.set.bind(sessions))(sid, data as never);
    const secret = (await digests.key('session')).toString('base64');
    const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
    this.cookie = `${cookieName(false, 'session')}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
  }

  private async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.running.url + path, { headers: { Cookie: this.cookie } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  }

  private post(path: string, body: object): Promise<Response> {
    return fetch(this.running.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': this.csrf, Cookie: this.cookie },
      body: JSON.stringify(body),
    });
  }
}
