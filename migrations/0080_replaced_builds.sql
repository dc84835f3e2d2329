-- The software that counts is the sealed one or the one that two members of boards put in its place (CGFP 571).

-- src/projections/boards.projection.ts: null while the sealed one counts
alter table read_register.boards
  add column replaced_build text,
  add column replaced_booth text,
  add column replaced_at timestamptz;
-- src/projections/journal.projection.ts
alter table read_register.journal
  drop constraint journal_kind_check,
  add constraint journal_kind_check check (kind in ('incident', 'intervention', 'replacement')),
  add column seconded_by uuid,
  add column build text,
  add column booth text;

-- What the running instances are made of: each says so again and again. A pair that nobody said for a while runs no more.
create table vault.running_builds (
  build   text,
  booth   text,
  seen_at timestamptz not null, -- by the clock of the database, which all instances share
  primary key (build, booth)
);
-- What one member asked and another has not approved yet; no event, because it is not a fact.
create table vault.build_requests (
  election_id uuid primary key, -- a later request replaces an earlier one
  request_id  uuid not null unique,
  build       text not null,
  booth       text not null,
  reason      text not null,
  board_id    uuid not null,
  staff_id    uuid not null,
  asked_at    timestamptz not null
);
grant select, insert, update, delete on vault.running_builds, vault.build_requests to isoloir_vault;
