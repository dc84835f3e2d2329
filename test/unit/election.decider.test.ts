import { describe, expect, it } from '@jest/globals';
import type { ElectionEvent } from '../../src/events/election.events.js';
import {
  CloseLists,
  DeclareElection,
  LogIncident,
  LogIntervention,
  RenameElection,
  SetCalendar,
  type Calendar,
  type ElectionCommand,
} from '../../src/modules/election/election.commands.js';
import { election } from '../../src/modules/election/election.decider.js';
import { specFor } from '../given.js';

const now = '2022-10-01T10:00:00.000Z';
const given = specFor(election, now);
const electionId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const incidentId = '0c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
const staffId = '9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77';
const text = 'a'.repeat(64);

const calendar: Calendar = {
  portalOpensAt: '2022-10-13T08:00:00.000Z',
  votingOpensAt: '2022-12-01T07:00:00.000Z',
  votingClosesAt: '2022-12-08T16:00:00.000Z',
  graceMinutes: 20,
};
const declare = new DeclareElection(electionId, 'Élections professionnelles 2022', '2022');
const declared = declaredFor('2022');
const calendarSet = setTo(calendar);
const incidentLogged: ElectionEvent = {
  type: 'IncidentLogged',
  data: { electionId, incidentId, staffId, text, at: now },
};

describe('an election that nobody declared', () => {
  it('is declared', () => {
    given().when(declare).then(declared);
  });
  it('has no calendar to set', () => {
    given().when(set({})).thenRefuses('election.not-declared');
  });
  it('has no journal', () => {
    given()
      .when(new LogIncident(electionId, incidentId, staffId, text))
      .thenRefuses('election.not-declared');
  });
});

describe('a declared election', () => {
  it('is declared once', () => {
    given(declared).when(declare).then();
  });
  it.each([
    new DeclareElection(electionId, 'Élections 2022', '2022'),
    new DeclareElection(electionId, 'Élections professionnelles 2022', '2026'),
  ])('keeps its title and its preset', (command) => {
    given(declared).when(command).thenRefuses('election.already-declared');
  });
  it('is given another title, once, until a board has sealed it', () => {
    const title = 'Élections professionnelles de 2022';
    const renamed: ElectionEvent = {
      type: 'ElectionRenamed',
      data: { electionId, title, by: staffId, at: now },
    };
    const rename = (sealed = false) => new RenameElection(electionId, title, staffId, sealed);
    given(declared).when(rename()).then(renamed);
    given(declared, renamed).when(rename()).then();
    given(declared, renamed).when(rename(true)).then();
    given(declared).when(rename(true)).thenRefuses('election.title-sealed');
    given().when(rename()).thenRefuses('election.not-declared');
  });
  it('is given a calendar', () => {
    given(declared).when(set({})).then(calendarSet);
  });
  it('may open portal and voting together', () => {
    const together = { portalOpensAt: calendar.votingOpensAt };
    given(declared)
      .when(set(together))
      .then(setTo({ ...calendar, ...together }));
  });
  it.each<[string, Partial<Calendar>]>([
    ['a portal that opens after voting', { portalOpensAt: '2022-12-01T07:00:00.001Z' }],
    ['voting that closes when it opens', { votingClosesAt: calendar.votingOpensAt }],
    ['voting that closes before it opens', { votingClosesAt: '2022-11-30T07:00:00.000Z' }],
  ])('refuses %s', (_, change) => {
    given(declared).when(set(change)).thenRefuses('election.calendar-order');
  });
});

describe('the rules of 2022 (2011-595, article 9)', () => {
  it.each(['2022-12-02T07:00:00.000Z', '2022-12-09T07:00:00.000Z'])(
    'take 24 hours and eight days: %s',
    (end) => {
      const bound = { votingClosesAt: end };
      given(declared)
        .when(set(bound))
        .then(setTo({ ...calendar, ...bound }));
    },
  );
  it('refuse less than 24 hours', () => {
    given(declared)
      .when(set({ votingClosesAt: '2022-12-02T06:59:59.999Z' }))
      .thenRefuses('election.voting-too-short');
  });
  it('refuse more than eight days', () => {
    given(declared)
      .when(set({ votingClosesAt: '2022-12-09T07:00:00.001Z' }))
      .thenRefuses('election.voting-too-long');
  });
  it('refuse more than 20 minutes of grace', () => {
    given(declared)
      .when(set({ graceMinutes: 21 }))
      .thenRefuses('election.grace-too-long');
  });
});

describe('the rules of 2026', () => {
  const one = declaredFor('2026');
  it('take 30 minutes of grace (CGFP R. 211-563) and a vote of one hour', () => {
    const change = { graceMinutes: 30, votingClosesAt: '2022-12-01T08:00:00.000Z' };
    given(one)
      .when(set(change))
      .then(setTo({ ...calendar, ...change }));
  });
  it('refuse more grace', () => {
    given(one)
      .when(set({ graceMinutes: 31 }))
      .thenRefuses('election.grace-too-long');
  });
});

describe('a calendar', () => {
  const later = { votingClosesAt: '2022-12-08T17:00:00.000Z' };
  it('is set once', () => {
    given(declared, calendarSet).when(set({})).then();
  });
  it.each<Partial<Calendar>>([
    { portalOpensAt: '2022-10-14T08:00:00.000Z' },
    { votingOpensAt: '2022-12-01T08:00:00.000Z' },
    later,
    { graceMinutes: 15 },
  ])('is set anew before voting opens: %j', (change) => {
    given(declared, calendarSet)
      .when(set(change))
      .then(setTo({ ...calendar, ...change }));
  });
  it('stays as it is from the instant voting opens', () => {
    const opening = specFor(election, calendar.votingOpensAt);
    opening(declared, calendarSet).when(set(later)).thenRefuses('election.voting-opened');
    opening(declared, calendarSet).when(set({})).then();
  });
});

describe('a sealed calendar (CGFP 552)', () => {
  const sealed = (change: Partial<Calendar>) => new SetCalendar(electionId, { ...calendar, ...change }, true);
  it('changes no more, and is set again without effect', () => {
    given(declared, calendarSet)
      .when(sealed({ graceMinutes: 15 }))
      .thenRefuses('election.sealed');
    given(declared, calendarSet).when(sealed({})).then();
  });
});

describe('the other dates of a calendar (F2, F3)', () => {
  const dates = {
    listsShownAt: calendar.portalOpensAt,
    candidatesDueAt: '2022-10-20T15:00:00.000Z',
    candidatesShownAt: '2022-11-16T09:00:00.000Z',
    noticesFrom: '2022-11-07T08:00:00.000Z',
  };
  it('are set, kept and changed with it', () => {
    given(declared)
      .when(set(dates))
      .then(setTo({ ...calendar, ...dates }));
    given(declared, setTo({ ...calendar, ...dates }))
      .when(set(dates))
      .then();
    given(declared, setTo({ ...calendar, ...dates }))
      .when(set({}))
      .then(calendarSet);
  });
  it.each(['listsShownAt', 'candidatesDueAt', 'candidatesShownAt', 'noticesFrom'])(
    'come before voting opens: %s',
    (date) => {
      given(declared)
        .when(set({ [date]: '2022-12-01T07:00:00.001Z' }))
        .thenRefuses('election.calendar-order');
    },
  );
  it('show candidates when all are in', () => {
    given(declared)
      .when(set({ ...dates, candidatesDueAt: '2022-11-16T09:00:00.001Z' }))
      .thenRefuses('election.calendar-order');
  });
  it('bring notices 15 days before the vote in 2026 (CGFP 553)', () => {
    given(declaredFor('2026'))
      .when(set({ noticesFrom: '2022-11-16T07:00:00.001Z' }))
      .thenRefuses('election.notices-too-late');
    const inTime = { noticesFrom: '2022-11-16T07:00:00.000Z' };
    given(declaredFor('2026'))
      .when(set(inTime))
      .then(setTo({ ...calendar, ...inTime }));
    const late = { noticesFrom: '2022-11-30T07:00:00.000Z' };
    given(declared)
      .when(set(late))
      .then(setTo({ ...calendar, ...late }));
  });
});

describe('the end of the lists (CGFP 528)', () => {
  const closed: ElectionEvent = { type: 'ListsClosed', data: { electionId, by: staffId, at: now } };
  it('comes once, for good', () => {
    given(declared, calendarSet).when(new CloseLists(electionId, staffId)).then(closed);
    given(declared, calendarSet, closed).when(new CloseLists(electionId)).then();
  });
  it('comes by itself too', () => {
    given(declared, calendarSet)
      .when(new CloseLists(electionId))
      .then({ type: 'ListsClosed', data: { electionId, at: now } });
  });
  it('needs an election and its calendar', () => {
    given().when(new CloseLists(electionId)).thenRefuses('election.not-declared');
    given(declared).when(new CloseLists(electionId)).thenRefuses('election.no-calendar');
  });
});

describe('the journal of incidents', () => {
  const log = new LogIncident(electionId, incidentId, staffId, text);
  it('takes an incident', () => {
    given(declared).when(log).then(incidentLogged);
  });
  it('takes a repeated incident once', () => {
    given(declared, incidentLogged, calendarSet).when(log).then();
  });
  it('refuses another text for an incident', () => {
    given(declared, incidentLogged)
      .when(new LogIncident(electionId, incidentId, staffId, 'b'.repeat(64)))
      .thenRefuses('election.incident-logged');
  });
});

it('stops at a command and an event it does not know', () => {
  const stranger = { kind: 'Stranger', type: 'Stranger' };
  expect(() => election.decide(stranger as unknown as ElectionCommand, { phase: 'absent' }, now)).toThrow(
    TypeError,
  );
  expect(() => election.evolve({ phase: 'absent' }, stranger as unknown as ElectionEvent)).toThrow(TypeError);
});

function declaredFor(preset: '2022' | '2026'): ElectionEvent {
  return {
    type: 'ElectionDeclared',
    data: { electionId, title: 'Élections professionnelles 2022', preset, at: now },
  };
}

function set(change: Partial<Calendar>): SetCalendar {
  return new SetCalendar(electionId, { ...calendar, ...change });
}

function setTo(to: Calendar): ElectionEvent {
  return { type: 'CalendarSet', data: { electionId, ...to, at: now } };
}

describe('an intervention on the system (CGFP 571)', () => {
  const interventionId = '3d9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e';
  const log = (its = text) => new LogIntervention(electionId, interventionId, staffId, 'database', its);
  const logged: ElectionEvent = {
    type: 'InterventionLogged',
    data: { electionId, interventionId, staffId, component: 'database', text, at: now },
  };
  it('is logged once, and its text stays', () => {
    given(declared).when(log()).then(logged);
    given(declared, logged).when(log()).then();
    given(declared, logged)
      .when(log('b'.repeat(64)))
      .thenRefuses('election.intervention-logged');
  });
});
