import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { beleniosUuidOf, derivedId } from '../election-file/derived-ids.js';
import type { Foundation } from '../foundation.js';
import { inventedElector } from '../modules/account/invented-electors.js';
import { Seeding } from '../modules/account/seeding.js';
import type { CandidateDocument } from '../modules/scrutin/candidate-document.js';
import { Candidatures } from '../modules/scrutin/candidatures.js';
import {
  DeclareScrutin,
  DrawListOrder,
  type ScrutinDescription,
} from '../modules/scrutin/scrutin.commands.js';
import { inventedLogo, inventedStatement } from './invented-papers.js';

/** A list as the booth of 2022 showed it: its title, whom it is affiliated to, the letters and colour of its logo. */
type Listed = readonly [title: string, affiliation: string, letters: string, colour: string];

const FSU: Listed = ['FSU - Engagé·es au quotidien', 'FSU', 'FSU', '#b5121b'];
const CFDT: Listed = ['Sgen-CFDT Agir pour tous', 'CFDT', 'CFDT', '#c2410c'];
const FO: Listed = ['FNEC FP FORCE OUVRIERE', 'FO', 'FO', '#9f1239'];
const UNSA: Listed = ['Liste UNSA Education Votre alliée du quotidien', 'UNSA Education', 'UNSA', '#1d4ed8'];
const CGT: Listed = ['CGT Éduc’action', 'CGT', 'CGT', '#7f1d1d'];

/** The three scrutins of the elector of the sources (S2), with their lists. */
const scrutins: readonly {
  readonly key: string;
  readonly description: Pick<ScrutinDescription, 'code' | 'title' | 'body' | 'seats'>;
  readonly lists: readonly Listed[];
}[] = [
  {
    key: 'capn',
    description: { code: 'CAPN-IEN', title: 'CAPN des IA-IPR, IEN et IJS', body: 'CAP', seats: 4 },
    lists: [
      ['SUI-FSU - Uni.es et engagé.es pour agir !', 'FSU', 'FSU', '#b5121b'],
      CFDT,
      FO,
      ['SI.EN / SNIA-IPR / SEJS #UNSAvotrealliéeduquotidien', 'UNSA Education', 'UNSA', '#1d4ed8'],
    ],
  },
  {
    key: 'csa-paris',
    description: { code: 'CSA-PARIS', title: 'CSA de proximité de Paris', body: 'CSA', seats: 10 },
    lists: [FSU, CFDT, FO, UNSA, CGT],
  },
  {
    key: 'csa-js',
    description: { code: 'CSA-JS', title: 'CSA ministériel Jeunesse et Sports', body: 'CSA', seats: 10 },
    lists: [
      FO,
      ['SOLIDAIRES JEUNESSE ET SPORTS', 'Solidaires', 'SUD', '#6d28d9'],
      CFDT,
      ['CSA Ministeriel JS LISTE CANDIDATS SNPJS CGT', 'CGT', 'CGT', '#7f1d1d'],
      UNSA,
      ['FSU-ENGAGÉ.ES POUR L’AVENIR DE JEUNESSE ET SPORTS', 'FSU', 'FSU', '#b5121b'],
    ],
  },
];

/** A scrutin of the demonstration. */
export interface Demonstrated {
  readonly scrutinId: string;
  readonly title: string;
}

/**
 * Declares the scrutins of the demonstration with their lists, logos and statements. Done again it changes nothing; once lists
 * are closed, or candidates due, it only says which scrutins there are.
 */
export async function declareScrutins(
  app: INestApplicationContext,
  foundation: Foundation,
  { electionId, boardId }: { readonly electionId: string; readonly boardId?: string },
): Promise<Demonstrated[]> {
  const demonstrated = scrutins.map(({ key, description: { title } }) => ({
    scrutinId: idOf(electionId, key),
    title,
  }));
  if ((await foundation.listFence.state(electionId)).closed) return demonstrated;
  const commands = app.get(CommandBus);
  const candidatures = app.get(Candidatures, { strict: false });
  for (const [number, { key, description, lists }] of scrutins.entries()) {
    const scrutinId = idOf(electionId, key);
    const fixed = { uuid: beleniosUuidOf(scrutinId), group: 'Ed25519', held: 'here', boardId } as const;
    await commands.execute(new DeclareScrutin(scrutinId, electionId, { ...description, ...fixed }));
    for (const [place, listed] of lists.entries()) {
      const listId = idOf(electionId, `${key}/${listed[0]}`);
      const list = inventedList(electionId, listed, description.seats, 100 * number + 10 * place);
      await candidatures.file(scrutinId, listId, list, inventedLogo(listed[2], listed[3]));
      await candidatures.state(scrutinId, listId, await inventedStatement(list));
    }
  }
  return demonstrated;
}

/** Draws the order of the lists of each scrutin, once no list may be filed any more. */
export async function drawListOrders(
  app: INestApplicationContext,
  electionId: string,
  drawn: readonly Demonstrated[],
): Promise<void> {
  const commands = app.get(CommandBus);
  for (const { scrutinId } of drawn)
    await commands.execute(new DrawListOrder(scrutinId, `démonstration ${electionId}`));
}

/** What to sow. */
export interface Crop {
  readonly electionId: string;
  readonly scrutinIds: readonly string[];
  readonly electors: number;
  readonly seed: number;
  /** Until when the opening links hold. */
  readonly expiresAt: string;
}

/** Puts invented electors on the lists: most of them in all scrutins, some in fewer. Gives how many are new. */
export function sowElectors(app: INestApplicationContext, { scrutinIds, ...crop }: Crop): Promise<number> {
  const scrutinsOf = (index: number) => scrutinIds.slice(index % 3 === 2 ? 1 : 0);
  return app.get(Seeding, { strict: false }).sow({ ...crop, scrutinsOf });
}

/** Candidates with French names, two for each seat: titulars, then their substitutes. */
function inventedList(
  electionId: string,
  [title, affiliation]: Listed,
  seats: number,
  seed: number,
): CandidateDocument {
  const candidates = Array.from({ length: 2 * seats }, (_, index) => {
    const { lastName, firstName, corps } = inventedElector(electionId, 7_000 + seed, index).known;
    return { lastName, firstName, about: corps };
  });
  return { title, affiliation, candidates };
}

function idOf(electionId: string, key: string): string {
  return derivedId('isoloir/demonstration/v1', electionId, key);
}
