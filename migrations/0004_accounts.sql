-- Accounts (issue 4): what is looked up of electors, their sessions, and how failures slow down. All of it is in the vault:
-- none of it may reach an event, a read model or a log.

-- Who has which identifier. The digest is keyed, so that a dump does not tell who is an elector (F16, F17). A row counts
-- only if the identity that the elector's last event names has this very identifier: the append is the commit.
create table vault.identifiers (
  election_id uuid  not null,
  digest      bytea not null check (octet_length(digest) = 32),
  elector_id  uuid  not null,
  taken_at    timestamptz not null default now(),
  primary key (election_id, digest)
);
create index identifiers_elector on vault.identifiers (elector_id);

-- Sessions. The key is the hash of what the cookie holds: a dump opens no session. Expiry is rounded up to ten minutes and
-- written only when it moves, so that it does not date a vote (design 3, point 8).
create table vault.sessions (
  digest     bytea primary key check (octet_length(digest) = 32),
  owner      uuid, -- the elector or the staff who is signed in, to end all sessions of one at once
  data       text not null,
  expires_at timestamptz not null
);
create index sessions_owner on vault.sessions (owner) where owner is not null;
create index sessions_expiry on vault.sessions (expires_at);

-- The minute of the last sign-in, for « Dernière connexion » (F6).
create table vault.sign_ins (
  elector_id uuid primary key,
  minute     timestamptz not null check (date_trunc('minute', minute) = minute)
);

-- Failures in a row of an account, of a browser, or of a browser that knows an account. Keyed digests; no address.
create table vault.failures (
  digest   bytea primary key check (octet_length(digest) = 32),
  count    integer not null,
  until    timestamptz not null, -- no password is tried before
  forget_at timestamptz not null
);
create index failures_forget on vault.failures (forget_at);

-- Browsers that signed in to an account before: digest of both.
create table vault.known_browsers (
  digest bytea primary key check (octet_length(digest) = 32),
  day    date not null default current_date
);

grant select, insert, update, delete on vault.identifiers, vault.sessions, vault.sign_ins, vault.failures,
  vault.known_browsers to isoloir_vault;
