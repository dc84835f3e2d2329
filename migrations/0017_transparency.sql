-- The transparency log: one Merkle tree over the ledger, kept as the tiles that are published. Rebuildable from the ledger,
-- but not to another content: what was signed is signed. Its role sees opaque hashes, and which reference stands where.
create schema transparency;

-- One row: how far the tree is.
create table transparency.log (
  only_row boolean primary key default true check (only_row),
  position text   collate "C", -- of the last event in the tree
  events   bigint not null default 0,
  size     bigint not null default 0, -- leaves
  frontier bytea  not null default '' -- the hashes of the complete subtrees, left to right
);
insert into transparency.log default values;

create table transparency.tiles (
  level    integer,
  index    bigint,
  hashes   bytea not null check (octet_length(hashes) between 32 and 8192), -- a partial tile is the beginning of it
  primary key (level, index)
);
create table transparency.entries (
  index   bigint primary key,
  entries bytea not null check (octet_length(entries) between 32 and 8192) -- 32 bytes each
);
-- Where the leaf of a ballot is, for those who ask by the first digits of its reference.
create table transparency.ballots (
  scrutin_id uuid   not null,
  reference  text   collate "C" not null,
  leaf       bigint not null,
  primary key (scrutin_id, reference)
);
create index ballots_reference on transparency.ballots (reference, leaf);
-- Where each box was frozen: the first checkpoint over that leaf needs its quorum before anything is decrypted.
create table transparency.freezes (
  scrutin_id uuid   primary key,
  leaf       bigint not null
);

grant usage on schema transparency to isoloir_transparency;
grant select, insert, update, delete on all tables in schema transparency to isoloir_transparency;
alter default privileges in schema transparency grant select, insert, update, delete on tables to isoloir_transparency;
