import { Injectable } from '@nestjs/common';
import { dayInParis } from '../../http/paris-time.js';
import { electorsByIds, everyElectorIdOfScrutin } from '../../projections/electors.projection.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { Database } from '../../storage/database.js';
import type { Identity } from '../../vault/identities.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { Vault } from '../../vault/vault.js';

/** One line of the emargement list: an elector of the roll, and the day of the signature if there is one. */
export interface EmargementLine {
  readonly lastName: string;
  readonly firstName: string;
  readonly unit: string;
  /** `2022-12-01`; to the day, because the minute would lead to a thin batch (design 3, point 4). */
  readonly signedOn: string | undefined;
}

/** What to look for: the beginning of a name, or a part of the unit. */
export interface Wanted {
  readonly name?: string | undefined;
  readonly unit?: string | undefined;
}

/** More lines than this are not sorted in memory on a page: whoever looks says of whom. */
export const MOST_LINES = 2_000;

const PAGE = 5_000;
const collator = new Intl.Collator('fr', { sensitivity: 'base' });

/**
 * The emargement list for the board (F102, CGFP 542): names from the vault and signatures by tag, joined while the
 * register key lives, and kept nowhere. After the freeze the named register is the document of the freeze.
 */
@Injectable()
export class Emargement {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly registerKeys: RegisterKeys,
  ) {}

  /** The lines that are wanted, by name; `more` when there were too many. Undefined once the register key is destroyed. */
  async of(
    scrutinId: string,
    wanted: Wanted,
    most = MOST_LINES,
  ): Promise<{ lines: readonly EmargementLine[]; more: boolean } | undefined> {
    const lines: EmargementLine[] = [];
    try {
      for await (const ids of everyElectorIdOfScrutin(this.database.pool('register'), scrutinId, PAGE)) {
        for (const line of await this.page(scrutinId, ids)) if (matches(line, wanted)) lines.push(line);
        if (lines.length > most) break;
      }
    } catch (error) {
      if (error instanceof NoRegisterKey) return undefined;
      throw error;
    }
    lines.sort(
      (a, b) => collator.compare(a.lastName, b.lastName) || collator.compare(a.firstName, b.firstName),
    );
    return { lines: lines.slice(0, most), more: lines.length > most };
  }

  private async page(scrutinId: string, ids: readonly string[]): Promise<EmargementLine[]> {
    const register = this.database.pool('register');
    const tags = await this.registerKeys.tagsOf(scrutinId, ids);
    const found = await signaturesOf(
      register,
      tags.map((tag) => ({ scrutinId, tag })),
    );
    const signed = new Map(found.map(({ tag, at }) => [tag, dayInParis(at)]));
    const tagOf = new Map(ids.map((id, index) => [id, tags[index] ?? '']));
    const rows = await electorsByIds(register, ids);
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ identity }) => identity),
    );
    return rows.map(({ electorId }, index) => {
      const identity = identities[index] as Identity | undefined;
      return {
        lastName: identity?.lastName ?? '(effacé)',
        firstName: identity?.firstName ?? '',
        unit: identity?.unit ?? '',
        signedOn: signed.get(tagOf.get(electorId) ?? ''),
      };
    });
  }
}

function matches({ lastName, unit }: EmargementLine, wanted: Wanted): boolean {
  return (
    plain(lastName).startsWith(plain(wanted.name ?? '')) && plain(unit).includes(plain(wanted.unit ?? ''))
  );
}

/** As names are compared: without accents, case and spaces around. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').trim().toLowerCase();
}
