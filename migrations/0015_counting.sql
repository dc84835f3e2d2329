-- Réassort of voting codes and the count.

-- Credentials that réassorts added, one row a scrutin, sorted: neither the place of a row nor its transaction says which
-- came first or with whom (design 4). They are public in the final list once the box is frozen: src/vault/added-credentials.ts
create table vault.added_credentials (
  scrutin_id  uuid   primary key,
  credentials text[] not null check (cardinality(credentials) > 0)
);
-- Links of réassorts whose credentials were added: each adds once, however often its page is sent. Says nothing of which.
create table vault.code_links (link_id uuid primary key);
grant select, insert, update, delete on vault.added_credentials, vault.code_links to isoloir_vault;
