import { EventStoreDBClient } from '@eventstore/db-client';
import type { CallOptions, ChannelInterface, Client, Metadata } from '@grpc/grpc-js';

/**
 * What the client (6.2.1) keeps for its own modules, which we need to make a call of its protocol: a call that belongs
 * to its connection, with its credentials, and whose failure makes it reconnect.
 */
interface Internals {
  GRPCStreamCreator: <C extends Client, T>(
    kind: new (...parameters: never[]) => C,
    name: string,
    create: (client: C) => T,
  ) => () => Promise<T>;
  callArguments: (options: { requiresLeader: boolean }, call: CallOptions) => [Metadata, CallOptions];
  getChannel: () => Promise<ChannelInterface>;
  handleError: (client: Client, error: Error) => Promise<void>;
}

/** The protected part of a client. */
export function internals(client: EventStoreDBClient): Internals {
  return client as unknown as Internals;
}

/** The connection string of EventStoreDB cannot be used. The message never repeats it: it may hold a password. */
export class BadAddress extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadAddress';
  }
}

const SHAPE =
  /^esdb(?:\+discover)?:\/\/(?:(?<user>[^\s:@/?#]+):(?<password>[^\s:@/?#]+)@)?(?<hosts>[\w.-]+(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*)\/?(?:\?(?<options>[^\s?#]*))?$/;

/** What the client understands; anything else it would print, with the password, on the console. */
const OPTIONS = [
  'tls',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'connectionName',
  'nodePreference',
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
  'keepAliveInterval',
  'keepAliveTimeout',
  'defaultDeadline',
];

/**
 * The client for a connection string, and the servers' names for messages (without user, password or options).
 * Nothing is connected yet. Throws `BadAddress`, which says what is wrong and repeats no secret.
 */
export function clientFor(url: string): { client: EventStoreDBClient; hosts: string } {
  const groups = SHAPE.exec(url)?.groups;
  if (!groups) {
    throw new BadAddress(
      'not an EventStoreDB connection string; it takes esdb://user:password@host:2113?tls=true, several hosts ' +
        'separated by commas, and %40 for an @ in the password (likewise : / ? and #)',
    );
  }
  const options = new URLSearchParams(groups['options'] ?? '');
  for (const name of options.keys()) {
    if (!OPTIONS.some((known) => known.toLowerCase() === name.toLowerCase()))
      throw new BadAddress(`EventStoreDB connection string: unknown option; it takes ${OPTIONS.join(', ')}`);
  }
  if (groups['password'] !== undefined && options.get('tls') === 'false')
    throw new BadAddress(
      'EventStoreDB connection string: a password is only sent over TLS, and tls=false is set',
    );
  try {
    const client = EventStoreDBClient.connectionString(url);
    survive(client);
    return { client, hosts: groups['hosts'] ?? '' };
  } catch (error) {
    // The client's own parser quotes the string. Files that are missing are not secret, and worth naming.
    const file = /certificate (?:key )?file|userCertFile must/.test((error as Error).message);
    throw new BadAddress(
      `EventStoreDB connection string: ${file ? (error as Error).message : 'an option has a value that it does not take'}`,
    );
  }
}

/**
 * The client forgets to look at what becomes of its own clean-up after a lost connection. While a cluster is away, that
 * fails, and an unhandled rejection would end the process.
 */
function survive(client: EventStoreDBClient): void {
  const own = internals(client);
  const handleError = own.handleError;
  own.handleError = (failed, error) => handleError(failed, error).catch(() => undefined);
}
