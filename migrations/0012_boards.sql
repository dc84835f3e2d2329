-- Boards, their members, and which scrutins are sealed: src/projections/boards.projection.ts
create table read_register.boards (
  board_id     uuid primary key,
  election_id  uuid not null,
  title        text not null,
  key_holders  text,        -- address of trustees.json; null, as what follows, until there is a key
  public_key   text,
  opens_at     timestamptz, -- of the newest proposal of a seal
  seal         text,        -- address of what was sealed; null while nothing is
  sealed_at    timestamptz,
  broken_seal  text,        -- the newest seal that was broken, and why (a document), for the public page
  broken_why   text,
  broken_at    timestamptz
);
create index boards_election on read_register.boards (election_id);
-- Seats of the staff, as titular or substitute. `holds` is whether they sit there now.
create table read_register.board_members (
  board_id   uuid    not null,
  seat       integer not null,
  substitute boolean not null,
  staff_id   uuid    not null,
  holds      boolean not null,
  primary key (board_id, seat, substitute)
);
create index board_members_staff on read_register.board_members (staff_id);
-- Scrutins under a seal that holds.
create table read_register.sealed_scrutins (
  scrutin_id       uuid    primary key,
  election_id      uuid    not null,
  board_id         uuid    not null,
  seal             text    not null,
  uuid             text    not null,
  election_file    text    not null,
  fingerprint      text    not null,
  roll             integer not null, -- electors
  roll_root        text    not null,
  credentials      integer not null,
  credentials_root text    not null,
  opened           boolean not null default false
);
create index sealed_scrutins_board on read_register.sealed_scrutins (board_id);
create index sealed_scrutins_due on read_register.sealed_scrutins (board_id) where not opened;
insert into read_register.checkpoints (name) values ('boards');
