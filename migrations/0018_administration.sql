-- Administration: with what turnout is compared, the journal, and no statistics of what may have to be erased.

-- src/projections/earlier-turnout.projection.ts
create table read_register.earlier_turnout (
  election_id uuid primary key,
  file        text not null
);
-- src/projections/journal.projection.ts: the texts are documents
create table read_register.journal (
  entry_id    uuid primary key,
  election_id uuid not null,
  kind        text not null check (kind in ('incident', 'intervention')),
  scrutin_id  uuid,
  component   text,
  staff_id    uuid not null,
  text        text not null,
  at          timestamptz not null
);
create index journal_election on read_register.journal (election_id, at desc);
insert into read_register.checkpoints (name) values ('earlier_turnout'), ('journal');

-- PostgreSQL samples values into pg_statistic, where deleting a row does not reach them: not of these.
alter table vault.versions alter column value set statistics 0, alter column salt set statistics 0;
alter table vault.sessions alter column data set statistics 0;
alter table vault.contact_requests alter column email set statistics 0;
alter table vault.notice_units alter column unit set statistics 0;
alter table vault.directory alter column name set statistics 0;
alter table documents.documents alter column content set statistics 0;
