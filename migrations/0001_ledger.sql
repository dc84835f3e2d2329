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

-- Appends a group of appends, those to one stream side by side, in one transaction. The lock is taken before positions are
-- drawn and held until the transaction is visible: so positions follow commit order without a gap, and a reader that
-- saw position n has seen all before it. Must run at READ COMMITTED: each statement below then sees what was committed
-- while it waited for the lock.
-- Append i has counts[i] events; streams, ids, types and datas have one item an event, in the order of the appends.
-- expected: -1 no stream, -2 any, otherwise the revision of the last event. One row an append, in order: its last
-- revision and position, or in `actual` the revision that refused it (-1: no stream).
-- Planned once a session, whatever the size of arrays and tables: planning anew costs ten times the work itself, and a
-- table that was empty when it was planned for must not be read from end to end when it is large.
create function ledger.append(
  counts integer[], expected bigint[], streams text[], ids uuid[], types text[], datas text[]
) returns table (revision bigint, "position" bigint, actual bigint)
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  events    integer := pg_catalog.cardinality(ids);
  head      bigint;
  current   bigint;       -- the revision a stream is at
  first     integer := 1; -- where the events of an append begin, and
  last      integer;      -- end
  accepted  boolean := false;
  revisions bigint[] := pg_catalog.array_fill(null::bigint, array[events]); -- of each event, and
  positions bigint[] := pg_catalog.array_fill(null::bigint, array[events]); -- null where it is not to be written
begin
  perform pg_catalog.pg_advisory_xact_lock(86465);
  head := coalesce((select e."position" from ledger.events e order by e."position" desc limit 1), 0);

  for i in 1 .. pg_catalog.cardinality(counts) loop
    last := first + counts[i] - 1;
    if i = 1 or streams[first] <> streams[first - 1] then
      current := coalesce(
        (select e.revision from ledger.events e where e.stream = streams[first] order by e.revision desc limit 1), -1);
    end if; -- else it is where the append before left the stream
    if expected[i] = current
       or expected[i] = -2 and not exists (select from ledger.events e where e.id = any (ids[first:last])) then
      for k in first .. last loop
        head := head + 1;
        current := current + 1;
        positions[k] := head;
        revisions[k] := current;
      end loop;
      accepted := true;
      revision := current;
      "position" := head;
      actual := null;
    else
      -- Refused, unless its events stand in its stream already, in one piece, where they were expected: then this is a
      -- retry, which is given the first answer again.
      select max(e.revision), max(e."position"),
             case when pg_catalog.array_agg(e.id order by e.revision) = ids[first:last] and bool_and(e.stream = streams[first])
                   and max(e.revision) - min(e.revision) = counts[i] - 1 and expected[i] in (-2, min(e.revision) - 1)
                  then null else current end
        into revision, "position", actual
        from ledger.events e where e.id = any (ids[first:last]);
    end if;
    return next;
    first := last + 1;
  end loop;

  if not accepted then
    return;
  elsif events = 1 then -- most appends of a quiet hour
    insert into ledger.events values (head, streams[1], current, ids[1], types[1], datas[1]);
  else
    insert into ledger.events
      select k.* from unnest(positions, streams, revisions, ids, types, datas) as k(p) where k.p is not null;
  end if;
  perform pg_catalog.pg_notify('isoloir_ledger', '');
end $$;

revoke all on function ledger.append from public;
grant usage on schema ledger to isoloir_ledger;
grant select on ledger.events to isoloir_ledger;
grant execute on function ledger.append to isoloir_ledger;
