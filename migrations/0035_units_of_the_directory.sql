-- The unit of an elector beside the name, so that the electors of a site are found (F102): capitals without accents, as the
-- name. It goes with the version when that is erased.
alter table vault.directory add unit text collate "C";
update vault.directory d
  set unit = trim(regexp_replace(upper(regexp_replace(replace(replace(
        normalize(v.value::json ->> 'unit', NFD), 'œ', 'OE'), 'æ', 'AE'), '[\u0300-\u036f]', '', 'g')), '[^[:alnum:]]+', ' ', 'g'))
  from vault.versions v where v.version = d.version;
update vault.directory set unit = '' where unit is null;
alter table vault.directory alter column unit set not null, alter column unit set statistics 0;
create index directory_units on vault.directory (election_id, unit, name, elector_id);
