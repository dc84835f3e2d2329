-- Who approved a link to an account that had a holder: src/projections/staff-changes.projection.ts
alter table read_register.staff_changes add column approved_by_id uuid;
