import { describe, expect, it } from '@jest/globals';
import type { ElectorEvent } from '../../../src/events/elector.events.js';
import {
  ActivateAccount,
  ChangeContact,
  IssueActivationLink,
  RecordBounce,
  RegisterElector,
  RequestPasswordReset,
  ResetPassword,
  type AccountCommand,
} from '../../../src/modules/account/account.commands.js';
import { account } from '../../../src/modules/account/account.decider.js';
import { specFor } from '../../given.js';

const now = '2022-10-14T10:07:31.250Z';
const at = '2022-10-14T10:07:00.000Z';
const later = '2022-10-15T10:07:31.250Z';
const expiresAt = '2022-10-15T10:08:00.000Z'; // rounded up
const given = specFor(account, now);

const electorId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const electionId = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';
const first = '0c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
const second = '1c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
const staffIds = ['9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77', '2d8e1b36-6f0d-4b7e-8a3c-5d1e9f7a6b42'];
const version = (digit: string) => ({
  version: `${digit.repeat(8)}-1111-4111-8111-111111111111`,
  sha256: digit.repeat(64),
});
const identity = version('a');
const secrets = version('c');
const otherSecrets = version('d');

const registered: ElectorEvent = {
  type: 'ElectorRegistered',
  data: { electorId, electionId, identity, at: now },
};
const corrected: ElectorEvent = {
  type: 'ElectorCorrected',
  data: { electorId, identity: version('b'), at: now },
};
const issued = (linkId = first, date = at, end = expiresAt): ElectorEvent => ({
  type: 'ActivationLinkIssued',
  data: { electorId, linkId, expiresAt: end, at: date },
});
const requested = (linkId = second, date = at, end = expiresAt): ElectorEvent => ({
  type: 'PasswordResetRequested',
  data: { electorId, linkId, expiresAt: end, at: date },
});
const activated = (linkId = first, kept = secrets): ElectorEvent => ({
  type: 'AccountActivated',
  data: { electorId, linkId, secrets: kept, at },
});
const changed = (to = version('e')): ElectorEvent => ({
  type: 'ContactChanged',
  data: { electorId, identity: to, staffIds, at },
});
const bounced = (linkId = first): ElectorEvent => ({ type: 'MailBounced', data: { electorId, linkId, at } });

const register = new RegisterElector(electorId, electionId, identity);
const issue = (linkId = first, end = later) => new IssueActivationLink(electorId, linkId, end);
const activate = (linkId = first, kept = secrets) => new ActivateAccount(electorId, linkId, kept);
const request = (linkId = second, end = later) => new RequestPasswordReset(electorId, linkId, end);
const reset = (linkId = second, kept = otherSecrets) => new ResetPassword(electorId, linkId, kept);
const change = (ids: readonly string[] = staffIds) => new ChangeContact(electorId, version('e'), ids);

describe('an elector who is on no list', () => {
  it('is registered', () => {
    given().when(register).then(registered);
  });
  it.each<AccountCommand>([
    issue(),
    activate(),
    request(),
    reset(),
    change(),
    new RecordBounce(electorId, first),
  ])('has no account: $kind', (command) => {
    given().when(command).thenRefuses('account.not-registered');
  });
});

describe('a registered elector', () => {
  it('is registered once', () => {
    given(registered).when(register).then();
  });
  it.each([
    new RegisterElector(electorId, electionId, version('b')),
    new RegisterElector(electorId, first, identity),
  ])('is not registered as somebody else', (command) => {
    given(registered).when(command).thenRefuses('account.already-registered');
  });
  it('may have been corrected', () => {
    given(registered, corrected).when(register).thenRefuses('account.already-registered');
  });
  it('is sent a link, dated to the minute (design 3, point 8)', () => {
    given(registered).when(issue()).then(issued());
  });
  it('is sent a link once, and another one when it is asked for (F13)', () => {
    given(registered, issued()).when(issue()).then();
    given(registered, issued()).when(issue(second)).then(issued(second));
  });
  it('is sent no link that is too old, or that was issued for another purpose', () => {
    given(registered).when(issue(first, at)).thenRefuses('account.link-expired');
    given(registered, requested(first)).when(issue(first)).thenRefuses('account.link-known');
    given(registered).when(request(first, at)).thenRefuses('account.link-expired');
    given(registered, issued()).when(request(first)).thenRefuses('account.link-known');
  });
});

describe('activation (F33)', () => {
  it('uses up the link of the opening mail', () => {
    given(registered, issued()).when(activate()).then(activated());
  });
  it('uses up the link of a réassort by who never had another (F14)', () => {
    given(registered, requested()).when(activate(second)).then(activated(second));
  });
  it('is done once: the same again is done already, another one comes too late (F11)', () => {
    given(registered, issued(), activated()).when(activate()).then();
    given(registered, issued(), activated())
      .when(activate(first, otherSecrets))
      .thenRefuses('account.link-used');
  });
  it('makes every other link void', () => {
    given(registered, issued(), issued(second), activated())
      .when(activate(second, otherSecrets))
      .thenRefuses('account.already-active');
    given(registered, issued(), requested(), activated()).when(reset()).thenRefuses('account.link-void');
  });
  it.each([
    ['unknown', [registered], 'account.link-unknown'],
    ['too old', [registered, issued(first, at, at)], 'account.link-expired'],
    ['sent to a wrong address', [registered, issued(), changed()], 'account.link-void'],
  ] as const)('refuses a link that is %s', (_, past, code) => {
    given(...past)
      .when(activate())
      .thenRefuses(code);
  });
  it('ends the opening mails', () => {
    given(registered, issued(), activated()).when(issue(second)).thenRefuses('account.already-active');
  });
});

describe('the réassort of a password (F34)', () => {
  const active = [registered, issued(), activated()] as const;
  it('has a mail sent, for an active account and for one that is not (F14)', () => {
    given(...active)
      .when(request())
      .then(requested());
    given(registered).when(request()).then(requested());
  });
  it('sends one mail in five minutes, unless it came back', () => {
    const third = '2c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
    const recent = requested(second, '2022-10-14T10:03:00.000Z');
    given(...active, recent)
      .when(request(third))
      .then();
    given(...active, recent, bounced(second))
      .when(request(third))
      .then(requested(third));
    const old = requested(second, '2022-10-14T10:02:00.000Z');
    given(...active, old)
      .when(request(third))
      .then(requested(third));
    given(...active, old)
      .when(request())
      .then();
  });
  it('saves another password once (F98)', () => {
    const done: ElectorEvent = {
      type: 'PasswordReset',
      data: { electorId, linkId: second, secrets: otherSecrets, at },
    };
    given(...active, requested())
      .when(reset())
      .then(done);
    given(...active, requested(), done)
      .when(reset())
      .then();
    given(...active, requested(), done)
      .when(reset(second, version('f')))
      .thenRefuses('account.link-used');
  });
  it('has five links to a new password open in a day at most, unless the staff send one', () => {
    const hoursAgo = (hours: number) => new Date(Date.parse(at) - hours * 3_600_000).toISOString();
    const link = (number: number) => `${number}c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e`;
    const asked = [1, 2, 3, 4, 5].map((number) => requested(link(number), hoursAgo(number)));
    const last = '7c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
    given(registered, issued(), activated(), ...asked)
      .when(request(last))
      .then();
    given(registered, issued(), activated(), ...asked.slice(1))
      .when(request(last))
      .then(requested(last));
    given(registered, issued(), activated(), ...asked.slice(1), requested(link(6), hoursAgo(25)))
      .when(request(last))
      .then(requested(last));
    given(registered, issued(), activated(), ...asked)
      .when(new RequestPasswordReset(electorId, last, later, staffIds[0]))
      .then({
        type: 'PasswordResetRequested',
        data: { electorId, linkId: last, expiresAt, staffId: staffIds[0] as string, at },
      });
  });
  it('has nothing to reset where nothing was activated', () => {
    given(registered, requested()).when(reset()).thenRefuses('account.not-active');
  });
  it.each([
    ['unknown', active, 'account.link-unknown', second],
    ['too old', [...active, requested(second, at, at)], 'account.link-expired', second],
    ['that activated', [...active], 'account.link-used', first],
  ] as const)('refuses a link that is %s', (_, past, code, linkId) => {
    given(...past)
      .when(reset(linkId))
      .thenRefuses(code);
  });
});

describe('a wrong address', () => {
  it('is mended by two of the staff, once', () => {
    given(registered).when(change()).then(changed());
    given(registered, changed()).when(change()).then();
  });
  it.each([[[staffIds[0]]], [[staffIds[0], staffIds[0]]], [[...staffIds, first]]])(
    'is not mended by %j',
    (ids) => {
      given(registered)
        .when(change(ids as string[]))
        .thenRefuses('account.two-staff');
    },
  );
  it('takes the password with it: who read its mails may have chosen it', () => {
    const third = '2c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
    const past = [registered, issued(), activated(), requested(), changed()];
    given(...past)
      .when(reset())
      .thenRefuses('account.not-active');
    given(...past)
      .when(activate(second, otherSecrets))
      .thenRefuses('account.link-void');
    given(...past, issued(third))
      .when(activate(third, otherSecrets))
      .then(activated(third, otherSecrets));
  });
  it('is noted when its mail comes back, once', () => {
    given(registered, issued()).when(new RecordBounce(electorId, first)).then(bounced());
    given(registered, issued(), bounced()).when(new RecordBounce(electorId, first)).then();
    given(registered).when(new RecordBounce(electorId, first)).thenRefuses('account.link-unknown');
  });
});

it('stops at a command and an event it does not know', () => {
  const stranger = { kind: 'Stranger', type: 'Stranger', data: {} };
  expect(() => account.decide(stranger as unknown as AccountCommand, { phase: 'absent' }, now)).toThrow(
    TypeError,
  );
  expect(() => account.evolve({ phase: 'absent' }, stranger as unknown as ElectorEvent)).toThrow(TypeError);
});
