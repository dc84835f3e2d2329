-- How far each open box was verified a second time and added up: src/vault/rechecked-boxes.ts. Working state of the box's side,
-- neither a fact nor a read model: no event makes a row, no rebuild empties it, no back-up holds it. Without its row a box is
-- verified again from the first ballot.
create table read_box.rechecked (
  scrutin_id    uuid    primary key,
  election_file text    not null, -- what the ballots were verified against
  revision      bigint  not null, -- of the last event that was looked at, and
  event_id      uuid    not null, -- its id: the row is of this very stream
  ballots       integer not null,
  refused       integer not null, -- by libsodium
  disputed      text[]  not null, -- the references of the first of those
  tally         text    not null, -- encrypted: the product of the ballots that are not refused
  seal          bytea   not null, -- over all of the above, under a key of the vault
  contradicted  bigint            -- the revision at which the sum from the first ballot was another; only for the pages
);
