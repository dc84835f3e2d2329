-- Notices with voting codes: the public credentials that an import brings, and who has the notice in hand.

-- The public credentials of each scrutin until sealing publishes them (design 4). The bytes are here and not among the
-- documents, where what no event names is swept after a day. No elector, no time: nothing leads from a line to anybody.
create table vault.credential_scrutins (
  scrutin_id uuid primary key,
  closed     boolean not null default false -- sealed: nothing more is taken
);
create table vault.credential_lists (
  scrutin_id uuid not null references vault.credential_scrutins,
  sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'), -- of all its parts: an import twice is one list
  count      integer not null check (count > 0),
  primary key (scrutin_id, sha256)
);
create table vault.credential_parts (
  scrutin_id uuid    not null,
  sha256     text    not null,
  part       integer not null,
  content    bytea   not null, -- sorted credentials, one a line
  primary key (scrutin_id, sha256, part),
  foreign key (scrutin_id, sha256) references vault.credential_lists
);
alter table vault.credential_parts alter column content set storage external; -- random digits do not shrink
grant select, insert on vault.credential_lists, vault.credential_parts to isoloir_vault;
grant select, insert, update on vault.credential_scrutins to isoloir_vault;

-- To whom notices go together (F116): the unit and the way of delivery of each elector, as the identity had them when the
-- file for the notices was written. Made again by every export.
create table vault.notice_units (
  elector_id  uuid primary key,
  election_id uuid not null,
  unit        text not null,
  channel     text not null check (channel in ('hand', 'post', 'registered'))
);
create index notice_units_unit on vault.notice_units (election_id, unit);
grant select, insert, update, delete on vault.notice_units to isoloir_vault;

-- src/projections/notices.projection.ts
create table read_register.notices (
  elector_id      uuid primary key,
  election_id     uuid not null,
  identity        uuid not null, -- the version of the vault that counts, and its hash
  identity_sha256 text not null,
  scrutin_ids     uuid[] not null,
  gate_key        text,           -- null until a code is issued
  needs_code      boolean not null default true,
  channel         text,           -- null, as what follows, until the notice is delivered
  delivered_at    timestamptz,
  staff_id        uuid
);
create index notices_pending on read_register.notices (election_id, elector_id) where needs_code;
create index notices_undelivered on read_register.notices (election_id, elector_id) where delivered_at is null;
insert into read_register.checkpoints (name) values ('notices');
