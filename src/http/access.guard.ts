import {
  ForbiddenException,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { signedIn } from './visitor.js';

const ACCESS = 'isoloir:access';

/** Says that anyone may call this route. */
export const Public = () => SetMetadata(ACCESS, 'public');

/** Says that whoever is signed in may call this route, elector or staff. */
export const AnySignedIn = () => SetMetadata(ACCESS, 'signed-in');

/** Says that this route is for the staff who hold one of these roles; without a role, for any of them. */
export const Staff = (...roles: readonly string[]) => SetMetadata(ACCESS, roles);

/** Every route is for signed-in electors, unless it says otherwise by `Public`, `AnySignedIn` or `Staff`, on the route or its class. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride<'public' | 'signed-in' | readonly string[] | undefined>(
      ACCESS,
      [context.getHandler(), context.getClass()],
    );
    if (access === 'public') return true;
    const user = signedIn(context.switchToHttp().getRequest<Request>());
    if (!user) throw new UnauthorizedException();
    if (access === 'signed-in') return true;
    const allowed =
      access === undefined
        ? user.kind === 'elector'
        : user.kind === 'staff' && (access.length === 0 || access.some((role) => user.roles.includes(role)));
    if (!allowed) throw new ForbiddenException();
    return true;
  }
}
