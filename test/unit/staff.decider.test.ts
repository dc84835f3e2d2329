import { describe, it } from '@jest/globals';
import type { StaffEvent } from '../../src/events/staff.events.js';
import {
  AddStaff,
  GrantRole,
  IssueStaffLink,
  RevokeRole,
  SetStaffSecrets,
} from '../../src/modules/staff/staff.commands.js';
import { staff } from '../../src/modules/staff/staff.decider.js';
import { specFor } from '../given.js';

const at = '2022-10-01T08:00:00.000Z';
const given = specFor(staff, at);
const ann = 'a1f3a2b4-1111-4aaa-8aaa-000000000001';
const bob = 'b1f3a2b4-2222-4bbb-8bbb-000000000002';
const eve = 'c1f3a2b4-3333-4ccc-8ccc-000000000003';
const secrets = { version: 'c1f3a2b4-3333-4ccc-8ccc-000000000003', sha256: 'ab'.repeat(32) };
const others = { version: 'd1f3a2b4-4444-4ddd-8ddd-000000000004', sha256: 'cd'.repeat(32) };

const added: StaffEvent = { type: 'StaffAdded', data: { staffId: ann, secrets, at } };
const assistance: StaffEvent = {
  type: 'RoleGranted',
  data: { staffId: ann, role: 'assistance', by: bob, at },
};
const board: StaffEvent = { type: 'RoleGranted', data: { staffId: ann, role: 'board', by: bob, at } };
const noBoard: StaffEvent = { type: 'RoleRevoked', data: { staffId: ann, role: 'board', by: bob, at } };

describe('nobody yet', () => {
  it('is added with a first role, by an administrator', () => {
    given()
      .when(new AddStaff(ann, secrets, 'assistance', bob))
      .then(added, assistance);
  });
  it('is added at the command line, by nobody', () => {
    given()
      .when(new AddStaff(ann, secrets, 'administrator', undefined))
      .then(added, { type: 'RoleGranted', data: { staffId: ann, role: 'administrator', at } });
  });
  it.each([GrantRole, RevokeRole])('has no role to change (%p)', (Change) => {
    given()
      .when(new Change(ann, 'board', bob))
      .thenRefuses('staff.not-added');
  });
});

describe('a link to the secrets of an account', () => {
  const link = { linkId: 'e1f3a2b4-5555-4eee-8eee-000000000005', expiresAt: '2022-10-04T08:00:00.000Z' };
  const other = { ...link, linkId: 'e1f3a2b4-6666-4eee-8eee-000000000006' };
  const issued = ({ linkId, expiresAt }: typeof link, by = bob): StaffEvent => ({
    type: 'StaffLinkIssued',
    data: { staffId: ann, linkId, expiresAt, by, at },
  });
  const set = (linkId?: string): StaffEvent => ({
    type: 'StaffSecretsSet',
    data: { staffId: ann, secrets: others, ...(linkId !== undefined && { linkId }), at },
  });

  it('comes with a new account, and says who made it', () => {
    given()
      .when(new AddStaff(ann, secrets, 'assistance', bob, link))
      .then(added, assistance, issued(link));
  });
  it('is used once', () => {
    const use = new SetStaffSecrets(ann, others, link.linkId);
    given(added, issued(link)).when(use).then(set(link.linkId));
    given(added, issued(link), set(link.linkId)).when(use).then();
    given(added, issued(link), set(link.linkId))
      .when(new SetStaffSecrets(ann, secrets, link.linkId))
      .thenRefuses('staff.link-void');
  });
  it('is void once there is a later one, or when it is too old', () => {
    given(added, issued(link))
      .when(new IssueStaffLink(ann, other, bob, false))
      .then(issued(other));
    given(added, issued(link), issued(other))
      .when(new SetStaffSecrets(ann, others, link.linkId))
      .thenRefuses('staff.link-void');
    given(added, issued({ ...link, expiresAt: at }))
      .when(new SetStaffSecrets(ann, others, link.linkId))
      .thenRefuses('staff.link-expired');
  });
  it('takes two others where the account has a holder', () => {
    const asked = (approvedBy?: string) => new IssueStaffLink(ann, link, bob, true, approvedBy);
    for (const alone of [undefined, ann, bob])
      given(added, assistance).when(asked(alone)).thenRefuses('staff.second-person');
    const both = issued(link);
    given(added, assistance)
      .when(asked(eve))
      .then({ ...both, data: { ...both.data, approvedBy: eve } } as StaffEvent);
  });
  it('is not asked for in a session of the holder, and is void then', () => {
    given(added, issued(link)).when(new SetStaffSecrets(ann, others)).then(set());
    given(added, issued(link), set())
      .when(new SetStaffSecrets(ann, secrets, link.linkId))
      .thenRefuses('staff.link-void');
  });
});

describe('one of the staff', () => {
  it('is added once', () => {
    given(added, assistance)
      .when(new AddStaff(ann, secrets, 'assistance', bob))
      .then();
  });
  it('is not added again with other secrets', () => {
    given(added, assistance)
      .when(new AddStaff(ann, others, 'assistance', bob))
      .thenRefuses('staff.already-added');
  });
  it('is granted another role, once', () => {
    given(added, assistance)
      .when(new GrantRole(ann, 'board', bob))
      .then(board);
    given(added, assistance, board)
      .when(new GrantRole(ann, 'board', bob))
      .then();
  });
  it('does not administer with a seat in a board (CNIL 1-08), and may have any other role', () => {
    given(added, assistance)
      .when(new GrantRole(ann, 'administrator', bob, true))
      .thenRefuses('staff.holds-share');
    given(added, assistance)
      .when(new GrantRole(ann, 'board', bob, true))
      .then(board);
  });
  it('loses a role, once, and may have it again', () => {
    given(added, assistance, board)
      .when(new RevokeRole(ann, 'board', bob))
      .then(noBoard);
    given(added, assistance, board, noBoard)
      .when(new RevokeRole(ann, 'board', bob))
      .then();
    given(added, assistance, board, noBoard)
      .when(new GrantRole(ann, 'board', bob))
      .then(board);
  });
  it.each([GrantRole, RevokeRole])('never changes their own roles (%p)', (Change) => {
    given(added, assistance)
      .when(new Change(ann, 'assistance', ann))
      .thenRefuses('staff.own-role');
  });
  it('has roles changed at the command line too, should no administrator be left', () => {
    given(added, assistance)
      .when(new GrantRole(ann, 'administrator', undefined))
      .then({ type: 'RoleGranted', data: { staffId: ann, role: 'administrator', at } });
  });
});
