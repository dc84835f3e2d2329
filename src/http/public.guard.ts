import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

const PUBLIC = 'isoloir:public';

/** Says that anyone may call this route. A route that does not say so is closed. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Closes every route that is not public: who somebody is, nobody can tell yet. */
@Injectable()
export class PublicGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler()]) === true;
  }
}
