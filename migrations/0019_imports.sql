-- How far a file of electors was read, so that what was cut off goes on from there.
alter table vault.imports add done integer not null default 0; -- lines that are in, from the first on
