-- Tries at proving who one is for another voting code, five a day and account (design 4). Keyed digests, no electors.
create table vault.code_attempts (
  digest bytea not null,
  day    date  not null,
  count  integer not null check (count >= 0),
  primary key (digest, day)
);
-- In person: one of the staff asked, a member of the board has not yet agreed. Not yet a fact, so not an event.
create table vault.code_requests (
  elector_id uuid primary key,
  request_id uuid not null unique,
  staff_id   uuid not null,
  asked_at   timestamptz not null
);
grant select, insert, update, delete on vault.code_attempts, vault.code_requests to isoloir_vault;

-- When a box was opened: codes may be asked for from then on (F45). The read model is built again where it held rows.
truncate read_register.tallies;
update read_register.checkpoints set position = null, events = 0 where name = 'tallies';
alter table read_register.tallies add column opens_at timestamptz not null;
