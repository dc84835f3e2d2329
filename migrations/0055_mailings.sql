-- Mailings: letters to many electors at once.

-- src/projections/mailings.projection.ts
create table read_register.mailings (
  mailing_id  uuid primary key,
  election_id uuid not null,
  kind        text not null check (kind in ('opening', 'not-activated', 'not-voted')),
  per_minute  integer not null,
  staff_id    uuid not null,
  ordered_at  timestamptz not null,
  stopped_by  uuid, -- null, as what follows, while it goes on
  over_at     timestamptz,
  mails       integer
);
create index mailings_election on read_register.mailings (election_id, ordered_at desc);
insert into read_register.checkpoints (name) values ('mailings');

-- How far a mailing has come: up to which elector, in the order of their random ids. It says who was looked at and never
-- who was written to, so that no list of those who had not voted exists. Not rebuilt: what left has left.
create table reactions.mailings (
  mailing_id uuid primary key,
  after      uuid, -- null before the first, and once it is over
  mails      integer not null default 0,
  refused    integer not null default 0 -- mailboxes that refused a reminder at once
);
grant select, insert, update, delete on reactions.mailings to isoloir_reactions;
