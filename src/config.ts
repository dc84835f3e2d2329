import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** Everything that can be set from outside, read once at start. The only reader of the environment. */
export interface Config {
  readonly mode: 'demonstration' | 'production';
  readonly host: string;
  readonly port: number;
  /** Where people reach the portal, without a slash at the end; undefined for a demonstration on the loopback address. */
  readonly publicUrl: string | undefined;
  /** Proxies whose X-Forwarded-For is believed: addresses, ranges, or Express's names for local ranges. */
  readonly trustedProxies: readonly string[];
  /** Ranges from which many sign in behind one address (academies): no CAPTCHA is raised by address. */
  readonly organiserRanges: readonly string[];
  /** A session ends after so long without a request, and so long after the sign-in, rounded up to ten minutes. */
  readonly sessionIdleMinutes: number;
  readonly sessionLongestMinutes: number;
  /** Folder of the embedded storage, of its keys and of nothing else. */
  readonly dataFolder: string;
  /** An existing PostgreSQL instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Who owns the schemas and runs migrations; the same as `databaseUrl` unless set. */
  readonly databaseOwnerUrl: string | undefined;
  /** Connections that each role of the database may open. */
  readonly databasePool: number;
  /** An EventStoreDB cluster for the ledger; PostgreSQL keeps it otherwise. */
  readonly eventStoreUrl: string | undefined;
  /** File with the key (32 bytes, base64) that wraps the keys of the vault. */
  readonly keyFile: string | undefined;
  /** How far a demonstration is set up at its first start. */
  readonly demonstration: 'vote' | 'portal' | 'empty';
  /** The instant at which the clock starts; a demonstration or a test only. */
  readonly clock: string | undefined;
  /** Markdown pages that replace ours. */
  readonly contentFolder: string | undefined;
  /** What the screens E3 and E6 ask: four digits to copy, or a proof of work. */
  readonly captcha: 'digits' | 'altcha';
  readonly logLevel: string;
  /** The server that takes our mails; a demonstration without it has one of its own. */
  readonly smtpUrl: string | undefined;
  /** The gateway that takes text messages, and its bearer token. */
  readonly smsUrl: string | undefined;
  readonly smsToken: string | undefined;
  /** Whom mails come from. */
  readonly mailFrom: { readonly name: string; readonly address: string };
  /** Mailbox for what comes back; each mail says in it which link it carried. */
  readonly mailBounces: string | undefined;
  /** At most so many mails of one kind a second. */
  readonly mailsPerSecond: number;
  /** Whether the staff may have those reminded who have not voted yet. */
  readonly remindAbstainers: boolean;
  /** Threads that verify ballots. */
  readonly verificationThreads: number;
  /** What verifies ballots as they come in; libsodium verifies all again before a freeze (docs/adr/0026). */
  readonly verifier: 'kernel' | 'sodium';
  /** Milliseconds that a batch of votes waits for more, and while it is thin. */
  readonly batchWait: number;
  readonly thinBatchWait: number;
  /** The name of the transparency log, for ever: part of every checkpoint. */
  readonly transparencyOrigin: string;
  /** File with the witnesses of the log and their quorum (c2sp.org/tlog-policy). */
  readonly transparencyPolicy: string | undefined;
}

/** A variable holds what it cannot hold. The message names it and says what it takes. */
export class BadConfig extends Error {
  constructor(variable: string, takes: string) {
    super(`${variable}: takes ${takes}`);
    this.name = 'BadConfig';
  }
}

const KEY_FILE = 'the path of a file with 32 random bytes in base64';
const SENDER = 'a name and an address such as Élection Professionnelle 2022 <elections@exemple.fr>';
const NO_SENDER = 'elections@demonstration.invalid'; // RFC 2606: no mail can ever be sent to it
const MAILBOX = /^[^\s<>@,;:"()]{1,64}@[^\s<>@,;:"()]{1,255}$/;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Reads and checks all variables; throws `BadConfig` on the first wrong one. Values are never put in the message. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const config: Config = {
    mode: choice(env, 'ISOLOIR_MODE', ['demonstration', 'production'], 'demonstration'),
    host: word(env, 'HOST', 'a host name or an address to listen on, such as 127.0.0.1') ?? '127.0.0.1',
    port: integer(env, 'PORT', 0, 65535, 3000),
    publicUrl: origin(env, 'PUBLIC_URL'),
    trustedProxies: ranges(env, 'TRUSTED_PROXIES', ['loopback', 'linklocal', 'uniquelocal']),
    organiserRanges: ranges(env, 'ORGANISER_RANGES', []),
    sessionIdleMinutes: integer(env, 'SESSION_IDLE_MINUTES', 5, 120, 20),
    sessionLongestMinutes: integer(env, 'SESSION_LONGEST_MINUTES', 30, 1440, 240),
    dataFolder: resolve(word(env, 'ISOLOIR_DATA', 'the path of a folder') ?? 'data'),
    databaseUrl: url(env, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    databaseOwnerUrl: url(env, 'DATABASE_OWNER_URL', ['postgres:', 'postgresql:']),
    databasePool: integer(env, 'DATABASE_POOL', 1, 100, 5),
    eventStoreUrl: url(env, 'EVENTSTORE_URL', ['esdb:', 'esdb+discover:']),
    keyFile: word(env, 'ISOLOIR_KEK_FILE', KEY_FILE),
    demonstration: choice(env, 'DEMONSTRATION', ['vote', 'portal', 'empty'], 'vote'),
    clock: instant(env, 'ISOLOIR_CLOCK'),
    contentFolder: word(env, 'CONTENT', 'the path of a folder with pages in Markdown'),
    captcha: choice(env, 'CAPTCHA', ['digits', 'altcha'], 'digits'),
    logLevel: choice(env, 'LOG_LEVEL', LEVELS, 'info'),
    smtpUrl: url(env, 'SMTP_URL', ['smtp:', 'smtps:']),
    smsUrl: url(env, 'SMS_URL', ['https:', 'http:']),
    smsToken: env['SMS_TOKEN'],
    mailFrom: sender(env, 'MAIL_FROM'),
    mailBounces: address(env, 'MAIL_BOUNCES'),
    mailsPerSecond: integer(env, 'MAILS_PER_SECOND', 1, 1_000, 20),
    remindAbstainers: choice(env, 'REMIND_ABSTAINERS', ['yes', 'no'], 'no') === 'yes',
    verificationThreads: integer(env, 'VERIFICATION_THREADS', 1, 256, availableParallelism()),
    verifier: choice(env, 'ISOLOIR_VERIFIER', ['kernel', 'sodium'], 'kernel'),
    batchWait: integer(env, 'BATCH_WAIT_MS', 10, 5_000, 1_000),
    thinBatchWait: integer(env, 'THIN_BATCH_WAIT_MS', 10, 20_000, 1_000),
    transparencyOrigin: logOrigin(env),
    transparencyPolicy: word(env, 'TRANSPARENCY_POLICY', 'the path of a file with witnesses and a quorum'),
  };
  if (config.databaseOwnerUrl && !config.databaseUrl) {
    throw new BadConfig('DATABASE_OWNER_URL', 'a value only together with DATABASE_URL');
  }
  checkPublicUrl(config);
  if (env['ISOLOIR_MODE'] === undefined) checkNothingReal(config);
  if (config.mode === 'production') checkProduction(config);
  return Object.freeze(config);
}

const PUBLIC_URL = 'the https address of the portal, such as https://vote.example.fr';

/** Passwords and cookies travel over https, or over the loopback address of a demonstration: nothing else starts. */
function checkPublicUrl({ mode, host, publicUrl }: Config): void {
  if (publicUrl?.startsWith('https:')) return;
  const named = publicUrl === undefined ? host : new URL(publicUrl).hostname;
  if (mode === 'production' || !isLoopback(named)) throw new BadConfig('PUBLIC_URL', PUBLIC_URL);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

/** A demonstration has passwords that everybody knows: nobody gets one by forgetting a variable. */
function checkNothingReal({ publicUrl, databaseUrl, eventStoreUrl, keyFile, smtpUrl }: Config): void {
  const real = Object.entries({
    PUBLIC_URL: publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname) && publicUrl,
    DATABASE_URL: databaseUrl,
    EVENTSTORE_URL: eventStoreUrl,
    ISOLOIR_KEK_FILE: keyFile,
    SMTP_URL: smtpUrl,
  }).find(([, value]) => value);
  if (real)
    throw new BadConfig('ISOLOIR_MODE', `production, or demonstration written out, beside ${real[0]}`);
}

/** What a demonstration may do and an election may not. */
function checkProduction(config: Config): void {
  if (config.clock) throw new BadConfig('ISOLOIR_CLOCK', 'no value in production: the clock is the real one');
  if (!config.keyFile) {
    throw new BadConfig('ISOLOIR_KEK_FILE', `${KEY_FILE}; production needs it`);
  }
  if (!config.smtpUrl) throw new BadConfig('SMTP_URL', 'smtp://… or smtps://…; production needs it');
  if (config.mailFrom.address === NO_SENDER) {
    throw new BadConfig('MAIL_FROM', `${SENDER}; production needs it`);
  }
}

/** Any text but an empty one, which is a mistake in whatever wrote the environment. */
function word(env: NodeJS.ProcessEnv, variable: string, takes: string): string | undefined {
  const value = env[variable];
  if (value !== undefined && value.trim() === '') throw new BadConfig(variable, takes);
  return value;
}

function choice<const V extends readonly string[]>(
  env: NodeJS.ProcessEnv,
  variable: string,
  values: V,
  otherwise: V[number],
): V[number] {
  const value = env[variable] ?? otherwise;
  if (!values.includes(value)) throw new BadConfig(variable, `one of ${values.join(', ')}`);
  return value;
}

function integer(
  env: NodeJS.ProcessEnv,
  variable: string,
  min: number,
  max: number,
  otherwise: number,
): number {
  const value = env[variable];
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new BadConfig(variable, `a whole number from ${min} to ${max}`);
  }
  return number;
}

function url(env: NodeJS.ProcessEnv, variable: string, protocols: readonly string[]): string | undefined {
  const value = env[variable];
  if (value === undefined) return undefined;
  // A cluster lists several hosts, which URL does not read: only the scheme is checked here.
  if (
    !protocols.some((protocol) => value.startsWith(`${protocol}//`) && value.length > protocol.length + 2)
  ) {
    throw new BadConfig(
      variable,
      `a connection string that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );
  }
  return value;
}

function sender(env: NodeJS.ProcessEnv, variable: string): Config['mailFrom'] {
  const value = env[variable];
  if (value === undefined) return { name: 'Élection Professionnelle 2022', address: NO_SENDER };
  const [, name, mailbox] = /^([^<>\r\n"]{1,100}) <([^<>]+)>$/.exec(value) ?? [];
  if (name === undefined || mailbox === undefined || !MAILBOX.test(mailbox)) {
    throw new BadConfig(variable, SENDER);
  }
  return { name: name.trim(), address: mailbox };
}

function address(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (value !== undefined && !MAILBOX.test(value)) {
    throw new BadConfig(variable, 'an address such as retours@exemple.fr');
  }
  return value;
}

/** An address of a site: scheme and host, no path. */
function origin(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (value === undefined) return undefined;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const plain = parsed && /^https?:$/.test(parsed.protocol) && parsed.href === `${parsed.origin}/`;
  if (!plain) throw new BadConfig(variable, PUBLIC_URL);
  return parsed.origin;
}

/** The name of a log: where it is read, without the scheme. */
function logOrigin(env: NodeJS.ProcessEnv): string {
  const site = origin(env, 'PUBLIC_URL');
  const otherwise =
    site === undefined ? 'demonstration.invalid/transparence' : `${new URL(site).host}/transparence`;
  const value = env['TRANSPARENCY_ORIGIN'] ?? otherwise;
  if (/^[^\s+]{1,200}$/u.test(value)) return value;
  throw new BadConfig(
    'TRANSPARENCY_ORIGIN',
    'a name such as vote.example.fr/transparence, without spaces or +',
  );
}

/** Addresses and ranges (`192.0.2.0/24`), between commas; or one of `names`. */
function ranges(env: NodeJS.ProcessEnv, variable: string, names: readonly string[]): readonly string[] {
  const items = (env[variable] ?? '').split(',').map((item) => item.trim());
  const given = items.length === 1 && items[0] === '' ? [] : items;
  const isRange = (item: string) => {
    const [address = '', bits] = item.split('/');
    const family = isIP(address);
    return (
      family > 0 &&
      (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
    );
  };
  if (given.every((item) => names.includes(item) || isRange(item))) return given;
  throw new BadConfig(
    variable,
    ['addresses or ranges such as 192.0.2.0/24, between commas', ...names].join(', or '),
  );
}

function instant(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (value === undefined) return undefined;
  const time = Date.parse(value);
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(time)) {
    throw new BadConfig(variable, 'an instant such as 2022-12-01T08:00:00+01:00');
  }
  return new Date(time).toISOString();
}
