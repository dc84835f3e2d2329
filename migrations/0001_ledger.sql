-- The ledger: append-only events of all streams, in one order without gaps. Not rebuildable: this is the record itself.
create schema ledger;
revoke create on schema public from public;

create table ledger.events (
  position bigint primary key check (position > 0),
  stream   text   collate "C" not null,
  revision bigint not null check (revision >= 0),
  id       uuid   not null unique,
  type     text   collate "C" not null,
  data     text   collate "C" not null, -- canonical JSON, exact: text, because jsonb would rewrite it
  unique (stream, revision)
);

-- Nobody edits the record by accident, not even its owner.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only';
end $$;
create trigger append_only before update or delete on ledger.events
  for each row execute function ledger.refuse_change();
create trigger append_only_all before truncate on ledger.events
  for each statement execute function ledger.refuse_change();

-- Appends a group of appends, each to a stream of its own, in one transaction. The lock is taken before positions are
-- drawn and held until the transaction is visible: so positions follow commit order without a gap, and a reader that
-- saw position n has seen all before it. Must run at READ COMMITTED: each statement below then sees what was committed
-- while it waited for the lock.
-- expected: -1 no stream, -2 any, otherwise the revision of the last event. counts: events of each append; owners[k] is
-- the append (1-based) of event k, places[k] its place in it (1-based). One row an append, in order: its last revision
-- and position, or in `actual` the revision that refused it (-1: no stream).
create function ledger.append(
  streams text[], expected bigint[], counts integer[],
  owners integer[], places integer[], ids uuid[], types text[], datas text[]
) returns table (revision bigint, "position" bigint, actual bigint)
language plpgsql security definer set search_path = '' as $$
declare
  head     bigint;
  currents bigint[];  -- the revision each stream is at
  fresh    boolean[]; -- whether each append is to be written
begin
  perform pg_catalog.pg_advisory_xact_lock(86465);
  select coalesce(max(e."position"), 0) into head from ledger.events e;
  currents := array(
    select coalesce((select max(e.revision) from ledger.events e where e.stream = a.stream), -1)
      from unnest(streams) with ordinality as a(stream, i) order by a.i);
  fresh := array(
    select a.expected = a.current or a.expected = -2 and not exists (
             select from unnest(owners, ids) as k(owner, id) join ledger.events e on e.id = k.id where k.owner = a.i)
      from unnest(expected, currents) with ordinality as a(expected, current, i) order by a.i);

  insert into ledger.events
    select head + row_number() over (order by k.n), a.stream, a.current + k.place, k.id, k.type, k.data
      from unnest(owners, places, ids, types, datas) with ordinality as k(owner, place, id, type, data, n)
      join unnest(streams, currents, fresh) with ordinality as a(stream, current, fresh, i) on a.i = k.owner
     where a.fresh;

  -- What was not written is refused, unless its events stand in its stream already, in one piece, where they were
  -- expected: then this is a retry, which is given the first answer again.
  return query
    select case when a.fresh then a.current + a.events else w.revision end,
           case when a.fresh then head + sum(a.events) filter (where a.fresh) over (order by a.i) else w."position" end,
           case when a.fresh or w.here and w.known = a.events and w.revision - w.lowest = a.events - 1
                     and a.expected in (-2, w.lowest - 1)
                then null else a.current end
      from unnest(streams, expected, counts, currents, fresh)
           with ordinality as a(stream, expected, events, current, fresh, i)
      cross join lateral (
        select count(*) as known, bool_and(e.stream = a.stream) as here,
               min(e.revision) as lowest, max(e.revision) as revision, max(e."position") as "position"
          from unnest(owners, ids) as k(owner, id) join ledger.events e on e.id = k.id
         where k.owner = a.i and not a.fresh) w
     order by a.i;

  if true = any (fresh) then
    perform pg_catalog.pg_notify('isoloir_ledger', '');
  end if;
end $$;

revoke all on function ledger.append from public;
grant usage on schema ledger to isoloir_ledger;
grant select on ledger.events to isoloir_ledger;
grant execute on function ledger.append to isoloir_ledger;
