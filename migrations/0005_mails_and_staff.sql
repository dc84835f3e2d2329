-- Mails, and the staff who look after them.

-- What became of the mails to each elector: src/projections/mail-status.projection.ts. Names no address.
create table read_register.mail_status (
  elector_id   uuid primary key,
  election_id  uuid not null,
  link_id      uuid,        -- of the newest mail with a link; null, as what follows, until one is to be sent
  event_id     uuid,        -- the event that asked for it: its row in the outbox says whether it left
  issued_at    timestamptz,
  bounced_at   timestamptz, -- null unless that mail came back
  reason       text,        -- why, as a code of SMTP
  activated_at timestamptz
);
create index mail_status_bounced on read_register.mail_status (election_id, elector_id) where bounced_at is not null;
create index mail_status_silent on read_register.mail_status (election_id, elector_id) where activated_at is null;
-- Whose link it was: a mail that comes back names its link only.
create table read_register.mail_links (
  link_id    uuid primary key,
  elector_id uuid not null
);
insert into read_register.checkpoints (name) values ('mail_status');

-- Who may sign in as staff, by the name that they type (lower case).
create table vault.staff_logins (
  login    text primary key,
  staff_id uuid not null unique
);
-- The step of the last one-time password that was taken: each serves once (RFC 6238, section 5.2).
create table vault.staff_codes (
  staff_id uuid   primary key,
  step     bigint not null
);
-- Changes of address that one of the staff asked for and another has not yet approved. Not yet a fact, so not an event.
create table vault.contact_requests (
  elector_id uuid primary key, -- a later request replaces an earlier one
  request_id uuid not null unique,
  email      text not null,
  staff_id   uuid not null,
  asked_at   timestamptz not null
);
grant select, insert, update, delete on vault.staff_logins, vault.staff_codes, vault.contact_requests to isoloir_vault;

-- What was given up is listed for staff.
create index outbox_failed on reactions.outbox (reaction, claimed) where state = 'failed';

-- Requests for assistance and their answers (F61): src/projections/assistance.projection.ts. The texts are documents.
create table read_register.assistance (
  assistance_id uuid primary key,
  elector_id    uuid, -- null when nobody was signed in
  question      text not null,
  asked_at      timestamptz not null,
  answer        text, -- null, as what follows, until one of the staff answers
  staff_id      uuid,
  answered_at   timestamptz
);
create index assistance_elector on read_register.assistance (elector_id) where elector_id is not null;
create index assistance_open on read_register.assistance (asked_at) where answer is null;
insert into read_register.checkpoints (name) values ('assistance');
