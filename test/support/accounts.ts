import type { CommandBus } from '@nestjs/cqrs';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/ledger/clock.js';
import { SystemClock } from '../../src/ledger/clock.js';
import type { SessionStore } from '../../src/http/session-store.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { ListFence } from '../../src/ledger/list-fence.js';
import { AccountMails } from '../../src/modules/account/account.mails.js';
import type { AccountCommand } from '../../src/modules/account/account.commands.js';
import { account } from '../../src/modules/account/account.decider.js';
import { Electors } from '../../src/modules/account/electors.js';
import { Enrolments } from '../../src/modules/account/enrolments.js';
import { Occasions } from '../../src/modules/account/occasions.js';
import { Links } from '../../src/modules/account/links.js';
import { Seeding } from '../../src/modules/account/seeding.js';
import { Projections } from '../../src/projections/projections.js';
import { Digests } from '../../src/vault/digests.js';
import { VaultKeys } from '../../src/vault/keys.js';
import { Identities } from '../../src/vault/identities.js';
import { Vault } from '../../src/vault/vault.js';
import { electionEvents, freshLedger, written } from './service.js';

/** A fresh ledger with one election, its read models running, and what accounts are made of; no HTTP. */
export async function freshAccounts(electionId: string, clock: Clock = new SystemClock()) {
  const fresh = await freshLedger();
  const { store, database } = fresh;
  await store.append(`election-${electionId}`, 'none', electionEvents(electionId).map(written));
  const ledger = new Ledger(store);
  const vault = new Vault(database);
  const digests = new Digests(new VaultKeys(database, randomBytes(32)));
  // What Nest's bus does, for commands of accounts.
  const commands = {
    execute: (command: AccountCommand) =>
      ledger.execute(account, `elector-${command.electorId}`, command, clock.now()),
  } as unknown as CommandBus;
  const identities = new Identities(vault, digests, database, ledger);
  const sessions = { endAllOf: () => Promise.resolve() } as unknown as SessionStore;
  const electors = new Electors(identities, commands, sessions);
  const enrolments = new Enrolments(ledger, new ListFence(store, database), clock, identities);
  const links = new Links(digests);
  const mails = new AccountMails(
    ledger,
    store,
    clock,
    new Occasions(database, clock),
    vault,
    links,
    commands,
  );
  const seeding = new Seeding(enrolments);
  const projections = new Projections(store, database);
  projections.start();
  const close = async () => {
    await projections.stop();
    await fresh.close();
  };
  return {
    ...fresh,
    ledger,
    vault,
    identities,
    electors,
    enrolments,
    links,
    mails,
    seeding,
    commands,
    projections,
    close,
  };
}
