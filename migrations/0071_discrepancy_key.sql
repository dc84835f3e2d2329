-- Whether the register key in the vault is that of the vote: what the board states must not have another one destroyed in its
-- place (docs/protocol.md, A6).
alter table vault.discrepancies add column key_agrees boolean not null default true;
