import { createParamDecorator, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { SessionData } from 'express-session';

/** Who is signed in. Roles are those at sign-in: whoever takes one away ends the sessions of its holder. */
export type SignedIn =
  | {
      readonly kind: 'elector';
      readonly electorId: string;
      /** False after « Accès sans activation » (F32): nothing was saved, the session is all there is. */
      readonly activated: boolean;
    }
  | { readonly kind: 'staff'; readonly staffId: string; readonly roles: readonly string[] };

declare module 'express-session' {
  /** What the server remembers of a browser between two requests; it lives in the vault. */
  interface SessionData {
    passport: { user: SignedIn };
    /** The minute of this sign-in, and of the one before (F6): « Dernière connexion ». */
    signedInAt: string;
    lastSignIn: string;
    /** The ten minutes in which a session of nobody began; the store sets it. */
    begunAt: string;
    /** Who one says to be on screen E3, for E4: a keyed digest (hex), not the address. */
    claim: { electionId: string; digest: string };
    /** The link that was confirmed by a POST, until it is used up (F96). */
    link: { electorId: string; linkId: string };
    /** The hash of the password chosen on E6, until E7 saves it or « Accès sans activation » forgets it (F32). */
    chosenPassword: string;
    /** The key of an authenticator that one of the staff is about to take, in base32 (staff-secrets.pages.ts). */
    newStaffKey: string;
    /** The gate was passed at this minute, with the code of this public key, in hex (E9). See `passedGate`. */
    gate: { electionId: string; key: string; at: string };
    /** The nonces that the gate offered to the tabs of this session, each to be signed once (protocol V7). */
    gateNonces: readonly string[];
    /** On a workstation where one comes after the other: it ends sooner. */
    station: true;
    /** When the session ends if nothing is asked; the store sets it. */
    idleUntil: string;
    /** Hash of the row as it was read; not kept either. */
    asRead: string;
  }
}

/** Who is signed in on this request, undefined when nobody is. */
export function signedIn(request: Request): SignedIn | undefined {
  return (request.session as Partial<SessionData> | undefined)?.passport?.user;
}

/** The parameter of a handler that receives the id of the staff member who is signed in. */
export const StaffId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const user = signedIn(context.switchToHttp().getRequest<Request>());
  if (user?.kind !== 'staff') throw new UnauthorizedException();
  return user.staffId;
});

/** The parameter of a handler that receives the staff member who is signed in, with roles. */
export const StaffMember = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const user = signedIn(context.switchToHttp().getRequest<Request>());
  if (user?.kind !== 'staff') throw new UnauthorizedException();
  return user;
});

/** The parameter of a handler that receives the id of the signed-in elector. It never comes from the request's content. */
export const ElectorId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const user = signedIn(context.switchToHttp().getRequest<Request>());
  if (user?.kind !== 'elector') throw new UnauthorizedException();
  return user.electorId;
});
