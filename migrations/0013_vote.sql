-- The box's side and the register's side of the votes. Rows of one `VotesCast` are written sorted, by values that know
-- nothing of each other.

-- src/projections/box-index.projection.ts: what `CastVote` must know of a box without reading it from its start
create table read_box.boxes (
  scrutin_id       uuid primary key,
  revision         bigint  not null, -- of the last event of the stream that these tables show
  election_id      uuid    not null,
  phase            text    not null check (phase in ('open', 'suspended', 'frozen')),
  opens_at         timestamptz not null,
  closes_at        timestamptz not null,
  grace_minutes    integer not null,
  batches          integer not null default 0,
  election_file    text    not null,
  roll             jsonb   not null,
  roll_file        text    not null,
  credentials      jsonb   not null,
  credentials_file text    not null
);
create table read_box.used_tags (
  scrutin_id uuid,
  tag        bytea,
  primary key (scrutin_id, tag)
);
create table read_box.ballots (
  scrutin_id uuid,
  reference  bytea,
  credential bytea       not null, -- SHA-256 of its text
  batch      integer     not null,
  at         timestamptz not null, -- a minute
  primary key (scrutin_id, reference),
  unique (scrutin_id, credential)
);
insert into read_box.checkpoints (name) values ('box_index');

-- src/projections/register.projection.ts: the signatures, by tag
create table read_register.register (
  scrutin_id uuid,
  tag        bytea,
  at         timestamptz not null, -- a minute
  primary key (scrutin_id, tag)
);
-- src/projections/turnout.projection.ts
create table read_register.turnout (
  scrutin_id uuid,
  hour       timestamptz,
  votes      integer not null,
  primary key (scrutin_id, hour)
);
-- src/projections/boxes.projection.ts
create table read_register.boxes (
  scrutin_id    uuid primary key,
  election_id   uuid    not null,
  board_id      uuid    not null,
  phase         text    not null check (phase in ('open', 'suspended', 'frozen', 'tallied', 'proclaimed')),
  opens_at      timestamptz not null,
  closes_at     timestamptz not null,
  grace_minutes integer not null,
  election_file text    not null,
  key_holders   text    not null,
  seal          text    not null,
  electors      integer not null,
  votes         integer not null default 0,
  batches       integer not null default 0,
  thin_batches  integer not null default 0,
  key_destroyed boolean not null default false
);
create index boxes_of_election on read_register.boxes (election_id);
insert into read_register.checkpoints (name) values ('register'), ('turnout'), ('boxes');

-- What one of the staff asked of a box and another has not approved yet; no event, because it is not a fact.
create table vault.box_requests (
  scrutin_id uuid primary key, -- a later request replaces an earlier one
  request_id uuid not null unique,
  action     text not null check (action in ('suspend', 'resume', 'extend')),
  closes_at  timestamptz,
  reason     text not null,
  staff_id   uuid not null,
  asked_at   timestamptz not null
);
grant select, insert, update, delete on vault.box_requests to isoloir_vault;
