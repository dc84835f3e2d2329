import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Public, PublicGuard } from '../../src/http/public.guard.js';

class Routes {
  @Public()
  open(): string {
    return 'for anyone';
  }
  closed(): string {
    return 'says nothing';
  }
}

describe('the guard of all routes', () => {
  const guard = new PublicGuard(new Reflector());
  const letsIn = (route: keyof Routes) => {
    const getHandler = () => Reflect.get(Routes.prototype, route);
    return guard.canActivate({ getHandler } as unknown as ExecutionContext);
  };

  it('opens what says that it is public, and nothing else', () => {
    expect([letsIn('open'), letsIn('closed')]).toStrictEqual([true, false]);
  });
});
