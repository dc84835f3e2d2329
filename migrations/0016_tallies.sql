-- Boxes on their way from the opening to the proclaimed result (F104): src/projections/tallies.projection.ts. Nothing here
-- is a partial result: votes are written once, when they are proclaimed.
create table read_register.tallies (
  scrutin_id    uuid primary key,
  election_id   uuid not null,
  board_id      uuid not null,
  phase         text not null check (phase in ('open', 'frozen', 'reconciled', 'encrypted', 'proclaimed')),
  closes_at     timestamptz not null, -- the last extension, or what was sealed
  grace_minutes integer not null,
  election_file text not null,
  roll          integer not null,
  ballots       integer, -- null, as what follows, until the box is frozen
  signatures    integer,
  frozen_at     timestamptz,
  seats_decrypted integer[] not null default '{}', -- the seats whose parts were taken
  votes         jsonb,   -- null, as what follows, until the result is proclaimed: [{ listId, votes, seats }]
  blank         integer,
  seats         text,    -- the document of the allocation, step by step
  draws         jsonb not null default '[]',
  proclaimed_at timestamptz,
  minutes       text     -- the document that was signed
);
create index tallies_election on read_register.tallies (election_id);
create index tallies_board on read_register.tallies (board_id);

-- Voting codes that were asked for again, for the board (design 4): src/projections/reassorts.projection.ts
create table read_register.reassorts (
  link_id      uuid primary key,
  elector_id   uuid not null,
  channel      text not null check (channel in ('mail', 'sms', 'in-person')),
  asked_at     timestamptz not null,
  completed_at timestamptz -- null until the new code was made
);
create index reassorts_elector on read_register.reassorts (elector_id);
insert into read_register.checkpoints (name) values ('tallies'), ('reassorts');
