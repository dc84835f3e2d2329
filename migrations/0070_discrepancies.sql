-- What a comparison found in a frozen scrutin whose names, signatures and ballots do not agree (CGFP R. 211-574), and what
-- one member of the board would state of it, until another approves: src/vault/found-discrepancies.ts. Numbers and the
-- board's words; no name. It goes with the register key.
create table vault.discrepancies (
  scrutin_id  uuid primary key,
  names       integer not null,
  matched     integer not null,
  signatures  integer not null,
  ballots     integer not null,
  root_agrees boolean not null,
  request_id  uuid unique, -- null, as what follows, until somebody asks
  text        text,
  staff_id    uuid,
  asked_at    timestamptz
);
grant select, insert, update, delete on vault.discrepancies to isoloir_vault;

-- src/projections/tallies.projection.ts: the minutes will bear a remark
alter table read_register.tallies add column discrepancy boolean not null default false;
