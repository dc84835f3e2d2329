-- In a CCP a list may be the name of an organisation alone (« sur sigle »): src/projections/scrutins.projection.ts
alter table read_register.candidate_lists alter column candidates drop not null;
