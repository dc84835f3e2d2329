-- Set-up: the calendar's other dates, scrutins, electoral lists, claims.

alter table read_register.elections
  add lists_shown_at      timestamptz,
  add candidates_due_at   timestamptz,
  add candidates_shown_at timestamptz,
  add notices_from        timestamptz,
  add lists_closed_at     timestamptz; -- CGFP 528: null while lists may change

-- src/projections/scrutins.projection.ts
create table read_register.scrutins (
  scrutin_id  uuid primary key,
  election_id uuid not null,
  board_id    uuid,
  uuid        text not null, -- of its Belenios election
  "group"     text not null,
  code        text,          -- the short name, as electoral lists and notices have it
  title       text not null,
  body        text not null,
  seats       integer not null,
  held        text not null,
  seed        text,          -- what the order of the lists was drawn from; null until then
  declared    bigint generated always as identity -- the order in which they are shown
);
create index scrutins_election on read_register.scrutins (election_id, declared);
create table read_register.candidate_lists (
  scrutin_id uuid not null,
  list_id    uuid not null,
  content    text not null, -- documents, by their hash
  logo       text,
  statement  text,
  candidates integer not null,
  place      integer,       -- in the drawn order, from 1; null until then
  filed      bigint generated always as identity,
  primary key (scrutin_id, list_id)
);

-- src/projections/electors.projection.ts. No name: an elector is a random id, and the version of an identity in the vault.
create table read_register.electors (
  elector_id       uuid primary key,
  election_id      uuid not null,
  identity_version uuid not null,
  identity_sha256  text not null,
  scrutin_ids      uuid[] not null
);
create index electors_election on read_register.electors (election_id, elector_id);
create table read_register.scrutin_electors (
  scrutin_id uuid not null,
  elector_id uuid not null,
  primary key (scrutin_id, elector_id)
);
-- Elections whose lists are closed, and how many changes came after that and do not count (docs/adr/0010).
create table read_register.closed_lists (
  election_id uuid primary key,
  late        integer not null default 0
);

-- src/projections/claims.projection.ts. The texts are documents.
create table read_register.claims (
  claim_id    uuid primary key,
  election_id uuid not null,
  elector_id  uuid not null,
  scrutin_id  uuid,
  text        text not null,
  filed_at    timestamptz not null,
  decision    text, -- null, as what follows, until one of the staff answers
  answer      text,
  staff_id    uuid,
  answered_at timestamptz
);
create index claims_elector on read_register.claims (elector_id);
create index claims_open on read_register.claims (filed_at) where decision is null;
insert into read_register.checkpoints (name) values ('scrutins'), ('electors'), ('claims');

-- The names of electors in their order, for the electoral lists (F56). A row counts only where read_register.electors
-- names its version: the append is the commit. It goes with the version when that is erased.
create table vault.directory (
  version     uuid primary key references vault.versions on delete cascade,
  election_id uuid not null,
  elector_id  uuid not null,
  name        text collate "C" not null -- capitals without accents: `LE GALL HELENE`
);
create index directory_names on vault.directory (election_id, name, elector_id);
create index directory_electors on vault.directory (elector_id);

-- Who has which NUMEN, so that nobody is twice on the lists of an election. Keyed digests; see vault.identifiers.
create table vault.numens (
  election_id uuid  not null,
  digest      bytea not null check (octet_length(digest) = 32),
  elector_id  uuid  not null,
  taken_at    timestamptz not null default now(),
  primary key (election_id, digest)
);
create index numens_elector on vault.numens (elector_id);

-- Files of electors that were read, so that one that was cut off goes on. The key gives each line its random elector id;
-- once all lines are in, the key is forgotten and nobody can tell ids from lines.
create table vault.imports (
  election_id uuid  not null,
  sha256      bytea not null, -- of the file
  key         bytea,          -- null once done
  lines       integer not null,
  begun_at    timestamptz not null default now(),
  primary key (election_id, sha256)
);
grant select, insert, update, delete on vault.directory, vault.numens, vault.imports to isoloir_vault;
