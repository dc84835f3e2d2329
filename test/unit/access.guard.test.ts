import { describe, expect, it } from '@jest/globals';
import { ForbiddenException, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessGuard, AnySignedIn, Public, Staff } from '../../src/http/access.guard.js';
import type { SignedIn } from '../../src/http/visitor.js';

class Routes {
  @Public()
  open(): string {
    return 'for anyone';
  }
  @AnySignedIn()
  common(): string {
    return 'for whoever is signed in';
  }
  closed(): string {
    return 'for electors';
  }
  @Staff()
  office(): string {
    return 'for any of the staff';
  }
  @Staff('administrator', 'board')
  lists(): string {
    return 'for these roles';
  }
}

const guard = new AccessGuard(new Reflector());
const elector: SignedIn = {
  kind: 'elector',
  electorId: '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10',
  activated: true,
};
const helper: SignedIn = {
  kind: 'staff',
  staffId: '9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77',
  roles: ['assistance'],
};
const board: SignedIn = { ...helper, roles: ['board'] };

function letsIn(route: keyof Routes, user?: SignedIn): boolean {
  return guard.canActivate({
    getHandler: () => Reflect.get(Routes.prototype, route),
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => ({ session: user && { passport: { user } } }) }),
  } as unknown as ExecutionContext);
}

describe('the guard of all routes', () => {
  it('opens what says that it is public to anybody', () => {
    for (const user of [undefined, elector, board]) expect(letsIn('open', user)).toBe(true);
  });
  it.each(['common', 'closed', 'office', 'lists'] as const)(
    'asks nobody in particular to sign in: %s',
    (route) => {
      expect(() => letsIn(route)).toThrow(UnauthorizedException);
    },
  );
  it('opens what is for whoever is signed in to electors and staff alike', () => {
    for (const user of [elector, helper, board]) expect(letsIn('common', user)).toBe(true);
  });
  it('keeps what says nothing for electors', () => {
    expect(letsIn('closed', elector)).toBe(true);
    expect(() => letsIn('closed', board)).toThrow(ForbiddenException);
  });
  it('keeps what is for the staff from electors and from other roles', () => {
    expect([letsIn('office', helper), letsIn('lists', board)]).toStrictEqual([true, true]);
    expect(() => letsIn('office', elector)).toThrow(ForbiddenException);
    expect(() => letsIn('lists', helper)).toThrow(ForbiddenException);
  });
});
