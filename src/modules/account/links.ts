import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Digests } from '../../vault/digests.js';

/** What the token of a link names. */
export interface LinkName {
  readonly electorId: string;
  readonly linkId: string;
}

const NONCE = 12;
const TAG = 16;
const CONTEXT = Buffer.from('isoloir/link/v1');

/**
 * The token of a one-time link: the two ids under AES-256-GCM with a key of the vault, the nonce a keyed digest of them. So
 * it is the same each time a mail is made, is stored nowhere (F97), cannot be forged, and says nothing to who reads the
 * mail or an address bar. 80 characters of base64url.
 */
@Injectable()
export class Links {
  constructor(private readonly digests: Digests) {}

  async token({ electorId, linkId }: LinkName): Promise<string> {
    const nonce = (await this.digests.of('link-nonce', electorId, linkId)).subarray(0, NONCE);
    const ids = Buffer.from((electorId + linkId).replaceAll('-', ''), 'hex');
    const cipher = createCipheriv('aes-256-gcm', await this.digests.key('link'), nonce).setAAD(CONTEXT);
    return Buffer.concat([nonce, cipher.update(ids), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** What a token names, undefined for what is not one of ours. GCM compares the tag in constant time. */
  async open(token: string): Promise<LinkName | undefined> {
    if (!/^[\w-]{80}$/.test(token)) return undefined;
    const sealed = Buffer.from(token, 'base64url');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      await this.digests.key('link'),
      sealed.subarray(0, NONCE),
    )
      .setAAD(CONTEXT)
      .setAuthTag(sealed.subarray(-TAG));
    const ids = decipher.update(sealed.subarray(NONCE, -TAG)).toString('hex');
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return { electorId: uuidOf(ids.slice(0, 32)), linkId: uuidOf(ids.slice(32)) };
  }
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** How long an opening link holds that was sent now: « conservez-le, il vous sera utile jusqu’à la période de vote » (F15). */
export function linkExpiry(now: string): string {
  return new Date(Date.parse(now) + LINK_LIFE).toISOString();
}

const LINK_LIFE = 90 * 86_400_000; // milliseconds: from the opening of the portal to the end of the vote, and some
