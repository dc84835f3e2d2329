-- How many electors each list has, kept with the rows: counting those of a million on every page takes seconds.
-- src/projections/electors.projection.ts
create table read_register.list_sizes (
  scrutin_id uuid primary key,
  electors   bigint not null
);
insert into read_register.list_sizes
  select scrutin_id, count(*) from read_register.scrutin_electors group by scrutin_id;
