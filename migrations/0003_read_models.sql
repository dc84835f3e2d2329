-- Read models, rebuilt from the ledger at will: the register's side and the box's side, which no role sees together
-- (CGFP 512). And the state of reactions (mail, SMS), which are never rebuilt.

create schema read_register;
create schema read_box;
create schema reactions;

create table read_register.checkpoints (
  name     text   primary key,
  position text   collate "C", -- of the last event applied; null before the first
  events   bigint not null default 0
);
create table read_box.checkpoints (like read_register.checkpoints including all);
create table reactions.checkpoints (like read_register.checkpoints including all);
alter table reactions.checkpoints add column paused boolean not null default false;

-- One row for each event that a reaction answers: claimed once, then done or given up. Says nothing about whom.
create table reactions.outbox (
  reaction text   not null,
  event_id uuid   not null,
  stream   text   not null,
  revision bigint not null,
  claimed  bigint generated always as identity, -- order of the claims
  state    text   not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  attempts integer not null default 0,
  next_try timestamptz not null default now(),
  primary key (reaction, event_id)
);
create index outbox_waiting on reactions.outbox (reaction, next_try, claimed) where state = 'waiting';

-- src/projections/elections.projection.ts
create table read_register.elections (
  election_id      uuid primary key,
  title            text not null,
  preset           text not null,
  portal_opens_at  timestamptz, -- null, as all below, until the calendar is set
  voting_opens_at  timestamptz,
  voting_closes_at timestamptz,
  grace_minutes    integer
);
-- src/projections/named.projection.ts
create table read_register.named_versions (version uuid primary key);
create table read_register.named_documents (sha256 text primary key);
insert into read_register.checkpoints (name) values ('elections'), ('named');

grant usage on schema read_register to isoloir_register;
grant usage on schema read_box to isoloir_box;
grant usage on schema reactions to isoloir_reactions;
grant select, insert, update, delete, truncate on all tables in schema read_register to isoloir_register;
grant select, insert, update, delete, truncate on all tables in schema read_box to isoloir_box;
grant select, insert, update, delete on all tables in schema reactions to isoloir_reactions;
-- Tables of later migrations are granted alike, so that none is forgotten or given to the wrong side.
alter default privileges in schema read_register grant select, insert, update, delete, truncate on tables to isoloir_register;
alter default privileges in schema read_box grant select, insert, update, delete, truncate on tables to isoloir_box;
