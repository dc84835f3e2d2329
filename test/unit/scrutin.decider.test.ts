import { describe, expect, it } from '@jest/globals';
import { drawnOrder } from '../../src/crypto/list-order.js';
import type { ScrutinEvent } from '../../src/events/scrutin.events.js';
import {
  DeclareScrutin,
  DrawListOrder,
  FileCandidateList,
  FileStatement,
  WithdrawCandidateList,
  type Asked,
  type ScrutinCommand,
  type ScrutinDescription,
} from '../../src/modules/scrutin/scrutin.commands.js';
import { scrutin } from '../../src/modules/scrutin/scrutin.decider.js';
import { specFor } from '../given.js';

const now = '2022-10-20T10:00:00.000Z';
const given = specFor(scrutin, now);
const scrutinId = '1e4d047b-e1b4-4463-a35c-41d3f71ba05c';
const electionId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
const other = '9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77';
const [one, two] = ['0c9c50a1-9a35-4a3a-8f05-4a8d1a6f8a0e', 'b3a7b3b0-2c5e-4f0e-8d1b-0a1b2c3d4e5f'] as const;
const content = 'a'.repeat(64);
const statement = 'c'.repeat(64);
const seed = 'Loto du 2022-10-21 : 4 8 15 16 23 42';

const description: ScrutinDescription = {
  uuid: 'QyEwhVPEQ2o7wa',
  group: 'Ed25519',
  code: 'CSA-PARIS',
  title: 'CSA de proximité de Paris',
  body: 'CSA',
  seats: 10,
  held: 'here',
};
const asked = (command: ScrutinCommand, candidatesDueAt?: string): Asked => ({
  command,
  election: { candidatesDueAt },
});
const declare = (change: Partial<ScrutinDescription> = {}, election = electionId) =>
  asked(new DeclareScrutin(scrutinId, election, { ...description, ...change }));
const declaredAs = (change: Partial<ScrutinDescription> = {}): ScrutinEvent => ({
  type: 'ScrutinDeclared',
  data: { scrutinId, electionId, ...description, ...change, at: now } as never,
});
const declared = declaredAs();
const file = (listId: string = one, hash = content, due?: string) =>
  asked(new FileCandidateList(scrutinId, listId, hash, undefined, 20), due);
const filed = (listId: string = one, hash = content): ScrutinEvent => ({
  type: 'CandidateListFiled',
  data: { scrutinId, listId, content: hash, candidates: 20, at: now },
});
const sigle = asked(new FileCandidateList(scrutinId, one, content, undefined, undefined));
const sigleFiled: ScrutinEvent = {
  type: 'CandidateListFiled',
  data: { scrutinId, listId: one, content, at: now },
};
const withdraw = (due?: string) => asked(new WithdrawCandidateList(scrutinId, one), due);
const withdrawn: ScrutinEvent = { type: 'CandidateListWithdrawn', data: { scrutinId, listId: one, at: now } };
const state = (hash = statement, due?: string) => asked(new FileStatement(scrutinId, one, hash), due);
const stated: ScrutinEvent = { type: 'StatementFiled', data: { scrutinId, listId: one, statement, at: now } };
const draw = (from = seed, due?: string) => asked(new DrawListOrder(scrutinId, from), due);
const drawn: ScrutinEvent = {
  type: 'ListOrderDrawn',
  data: { scrutinId, seed, order: drawnOrder(seed, scrutinId, [one, two]), at: now },
};

describe('a scrutin that nobody declared', () => {
  it('is declared', () => {
    given().when(declare()).then(declared);
  });
  it.each([file(), withdraw(), state(), draw()])('takes nothing: $command.kind', (command) => {
    given().when(command).thenRefuses('scrutin.not-declared');
  });
});

describe('a declared scrutin', () => {
  it('is declared once', () => {
    given(declared).when(declare()).then();
  });
  it.each<Partial<ScrutinDescription>>([
    { title: 'CSA de Paris' },
    { seats: 11 },
    { code: 'CSA-75' },
    { body: 'CAP' },
    { boardId: other },
    { held: 'elsewhere' },
  ])('is corrected: %j', (change) => {
    given(declared).when(declare(change)).then(declaredAs(change));
  });
  it.each<Partial<ScrutinDescription>>([{ uuid: 'QyEwhVPEQ2o7wb' }, { group: 'BELENIOS-2048' }])(
    'keeps for good what voting codes depend on: %j',
    (change) => {
      given(declared).when(declare(change)).thenRefuses('scrutin.fixed');
    },
  );
  it('stays in its election', () => {
    given(declared).when(declare({}, other)).thenRefuses('scrutin.fixed');
  });
  it('keeps its lists when it is corrected', () => {
    given(declared, filed(), declaredAs({ seats: 11 }))
      .when(file())
      .then();
  });
  it('is not moved elsewhere once lists are filed', () => {
    given(declared, filed())
      .when(declare({ held: 'elsewhere' }))
      .thenRefuses('scrutin.has-lists');
  });
});

it.each([file(), withdraw(), state(), draw()])(
  'a scrutin that is held elsewhere takes no $command.kind (F65)',
  (command) => {
    given(declaredAs({ held: 'elsewhere' }))
      .when(command)
      .thenRefuses('scrutin.held-elsewhere');
  },
);

describe('a list of candidates', () => {
  it('is filed once', () => {
    given(declared).when(file()).then(filed());
    given(declared, filed()).when(file()).then();
  });
  it('is filed anew, and keeps its statement', () => {
    const anew = filed(one, 'b'.repeat(64));
    given(declared, filed(), stated)
      .when(file(one, 'b'.repeat(64)))
      .then(anew);
    given(declared, filed(), stated, anew).when(state()).then();
  });
  it('is withdrawn once, and does not come back', () => {
    given(declared, filed()).when(withdraw()).then(withdrawn);
    given(declared, filed(), withdrawn).when(withdraw()).then();
    given(declared, filed(), withdrawn).when(file()).thenRefuses('scrutin.list-withdrawn');
  });
  it('must be there to be withdrawn, or to have a statement', () => {
    given(declared).when(withdraw()).thenRefuses('scrutin.list-unknown');
    given(declared).when(state()).thenRefuses('scrutin.list-unknown');
  });
  it.each([file(one, content, now), withdraw(now), state(statement, now)])(
    'is due before the deadline, of which the instant is too late: $command.kind',
    (command) => {
      given(declared, filed(one, 'b'.repeat(64)))
        .when(command)
        .thenRefuses('scrutin.candidates-late');
    },
  );
  it('is in time until then, and what is done stays done', () => {
    given(declared)
      .when(file(one, content, '2022-10-20T10:00:00.001Z'))
      .then(filed());
    given(declared, filed())
      .when(file(one, content, now))
      .then();
    given(declared, filed(), stated).when(state(statement, now)).then();
  });
});

describe('a statement', () => {
  it('is filed once, or replaced', () => {
    given(declared, filed()).when(state()).then(stated);
    given(declared, filed(), stated).when(state()).then();
    const another = 'd'.repeat(64);
    given(declared, filed(), stated)
      .when(state(another))
      .then({ type: 'StatementFiled', data: { scrutinId, listId: one, statement: another, at: now } });
  });
});

describe('the order of the lists', () => {
  it('is drawn once, and anyone draws the same', () => {
    given(declared, filed(one), filed(two)).when(draw()).then(drawn);
    given(declared, filed(two), filed(one)).when(draw()).then(drawn);
    given(declared, filed(one), filed(two), drawn).when(draw()).then();
  });
  it('is not drawn until it pleases', () => {
    given(declared, filed(one), filed(two), drawn).when(draw('another')).thenRefuses('scrutin.order-drawn');
  });
  it('needs a list', () => {
    given(declared).when(draw()).thenRefuses('scrutin.no-list');
  });
  it('is drawn when all lists are in', () => {
    given(declared, filed(one), filed(two))
      .when(draw(seed, '2022-10-20T10:00:00.001Z'))
      .thenRefuses('scrutin.candidates-open');
    given(declared, filed(one), filed(two)).when(draw(seed, now)).then(drawn);
  });
  it.each([file('5f7a2d0e-4c3b-4a2a-9a1b-7c6d5e4f3a2b'), withdraw()])(
    'ends the changes of lists: $command.kind',
    (command) => {
      given(declared, filed(one), filed(two), drawn).when(command).thenRefuses('scrutin.order-drawn');
    },
  );
  it('gives each list every place about as often', () => {
    const first = Array.from({ length: 2_000 }, (_, i) => drawnOrder(`seed ${i}`, scrutinId, [one, two])[0]);
    const times = first.filter((listId) => listId === one).length;
    expect(times).toBeGreaterThan(900);
    expect(times).toBeLessThan(1_100);
  });
});

it('stops at a command and an event it does not know', () => {
  const stranger = { kind: 'Stranger', type: 'Stranger' };
  expect(() => scrutin.decide(asked(stranger as never), { phase: 'absent' }, now)).toThrow(TypeError);
  expect(() => scrutin.evolve({ phase: 'absent' }, stranger as never)).toThrow(TypeError);
});

describe('a list without candidates (sur sigle)', () => {
  it('is filed in a CCP, once', () => {
    given(declaredAs({ body: 'CCP' }))
      .when(sigle)
      .then(sigleFiled);
    given(declaredAs({ body: 'CCP' }), sigleFiled)
      .when(sigle)
      .then();
  });
  it.each(['CSA', 'CAP'] as const)('is refused in a %s', (body) => {
    given(declaredAs({ body })).when(sigle).thenRefuses('scrutin.no-candidate');
    given(declaredAs({ body: 'CCP' }), sigleFiled)
      .when(declare({ body }))
      .thenRefuses('scrutin.no-candidate');
  });
  it('gives way to one with candidates', () => {
    given(declaredAs({ body: 'CCP' }), sigleFiled)
      .when(file())
      .then(filed());
  });
});
