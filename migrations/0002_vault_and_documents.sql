-- What may be erased, apart from the ledger that may not (design 1). Rows are versions: written once, never changed.

create schema vault;
create table vault.versions (
  version    uuid  primary key,
  kind       text  not null,
  salt       bytea not null check (octet_length(salt) = 16),
  value      text  not null, -- canonical JSON
  written_at timestamptz not null default now()
);
-- Versions that no event was yet seen to name; the sweep empties it.
create table vault.unnamed (
  version uuid primary key references vault.versions on delete cascade
);
-- Keys of the vault, wrapped by a key that this database never sees.
create table vault.keys (
  name    text  primary key,
  wrapped bytea not null -- 12 bytes of nonce, the key under AES-256-GCM with its name as context, 16 bytes of tag
);
grant usage on schema vault to isoloir_vault;
grant select, insert, delete on vault.versions, vault.unnamed, vault.keys to isoloir_vault;

create schema documents;
create table documents.documents (
  sha256     text  primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text  not null,
  public     boolean not null,
  content    bytea, -- null once erased
  written_at timestamptz not null default now(),
  erased_at  timestamptz,
  check ((content is null) = (erased_at is not null))
);
alter table documents.documents alter column content set storage external; -- PDF and PNG do not shrink
create table documents.unnamed (
  sha256 text primary key references documents.documents on delete cascade
);
grant usage on schema documents to isoloir_documents;
grant select, insert, delete on documents.documents, documents.unnamed to isoloir_documents;
grant update (public, content, written_at, erased_at) on documents.documents to isoloir_documents;
