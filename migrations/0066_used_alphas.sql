-- The randomness of the ballots of a box, so that none is cast that repeats any: src/projections/box-index.projection.ts
create table read_box.used_alphas (
  alpha uuid primary key -- the first 128 bits of SHA-256 over scrutin and α
);
-- A box that is open now is indexed again with them; until then the box is read from its stream.
truncate read_box.boxes, read_box.used_tags, read_box.ballots;
update read_box.checkpoints set position = null, events = 0 where name = 'box_index';
