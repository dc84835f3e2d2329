-- Who was added to the staff, by whom, and who was given what: src/projections/staff-changes.projection.ts
create table read_register.staff_changes (
  stream_id uuid        not null,
  revision  integer     not null,
  kind      text        not null check (kind in ('added', 'granted', 'revoked', 'link', 'secrets')),
  role      text,
  by_id     uuid,
  at        timestamptz not null,
  primary key (stream_id, revision)
);
create index staff_changes_at on read_register.staff_changes (at desc);
insert into read_register.checkpoints (name) values ('staff_changes');
