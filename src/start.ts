import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AppModule } from './app.module.js';
import { CannotStart } from './cannot-start.js';
import type { Config } from './config.js';
import { BuildWatch } from './modules/board/build-watch.js';
import { BoxWriters } from './modules/vote/box-writers.js';
import { NO_MAILBOX, openDemonstration, setUpDemonstration } from './demonstration.js';
import { layFoundation, type Foundation } from './foundation.js';
import { serveApiDocs } from './http/api-docs.js';
import { runHousekeeping } from './housekeeping.js';
import { configureHttp } from './http/http.js';
import { useSessions } from './http/sessions.js';
import { runBuildWatch } from './build-task.js';
import { runIntegrity } from './integrity-task.js';
import { holdDoors } from './http/doors.js';
import { InFlight } from './http/in-flight.js';
import { DirectMail } from './mail/direct-mail.js';
import { openMails, runMails, type Mails } from './mails.js';
import { Log } from './operations/log.js';
import type { Reactions } from './projections/reactions.js';
import { runReadModels } from './read-models.js';
import type { Scheduler } from './scheduler.js';
import { runTasks } from './tasks.js';

/** The service, answering. */
export interface Running {
  /** Where it answers, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly foundation: Foundation;
  readonly mails: Mails;
  /** Finishes what is in flight, then stops from the outside in: HTTP, modules, read models, ledger, storage. */
  stop(): Promise<void>;
}

/** Builds the whole service from its configuration and lets it answer. What fails leaves nothing running. */
export async function start(config: Config, log = new Log(config.logLevel)): Promise<Running> {
  const foundation = await layFoundation(config, log);
  const inFlight = new InFlight();
  const readModels = runReadModels(foundation);
  const housekeeping = runHousekeeping(foundation);
  foundation.transparency.builder.start();
  const integrity = runIntegrity(foundation);
  let app: NestExpressApplication | undefined;
  let mails: Mails | undefined;
  let reactions: Reactions | undefined;
  let scheduler: Scheduler | undefined;
  let builds: ReturnType<typeof runBuildWatch> | undefined;
  const stop = async () => {
    foundation.readiness.register('stopping', () => Promise.resolve('this instance is stopping'), 'serving');
    app?.get(BoxWriters, { strict: false }).hurry(); // votes that wait for their batch are written now
    if (app?.getHttpServer().listening) await inFlight.drain(app.getHttpServer());
    await scheduler?.stop();
    await builds?.stop();
    await app?.close();
    await reactions?.stop();
    await mails?.close();
    await housekeeping.stop();
    await readModels.stop();
    await integrity.stop();
    await foundation.transparency.builder.stop();
    await foundation.close();
  };
  try {
    mails = await openMails(config, (address) => address === NO_MAILBOX);
    const demonstration = await openDemonstration(foundation);
    const open = demonstration && { workshop: demonstration.workshop, catchAll: mails.catchAll };
    app = await NestFactory.create<NestExpressApplication>(AppModule.on(foundation, open), {
      logger: log,
      bodyParser: false, // ours come after what counts and logs
      abortOnError: false,
    });
    configureHttp(app, { log, metrics: foundation.metrics, inFlight, proxies: config.trustedProxies });
    app.use(holdDoors(foundation.doors, foundation.site.secure));
    const secret = async () => (await foundation.digests.key('session')).toString('base64');
    await useSessions(app, foundation.sessions, { secure: foundation.site.secure, secret });
    serveApiDocs(app);
    await app.init();
    if (demonstration) await setUpDemonstration(foundation, app, demonstration.notebook);
    const url = await listen(app, config);
    foundation.site.url = config.publicUrl ?? url;
    app.get(DirectMail).open(mails.mailer);
    reactions = runMails(foundation, app, mails);
    scheduler = runTasks(foundation, app);
    builds = runBuildWatch(app.get(BuildWatch, { strict: false }), log);
    if (demonstration)
      log.pino.info({ url: `${url}/demonstration` }, 'mails, notices and keys can be read here');
    return { url, app, foundation, mails, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nest's own `listen` would log the failure as well as throw it. */
async function listen(app: NestExpressApplication, { host, port }: Config): Promise<string> {
  const server = app.getHttpServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new CannotStart(whyNot((cause as NodeJS.ErrnoException).code, host, port), { cause });
  }
  const address = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function whyNot(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `PORT: ${port} is in use on ${host}; it takes a free port, or 0 for any`;
  if (code === 'EACCES') return `PORT: this user may not listen on ${port}; it takes one from 1024`;
  return `HOST: ${host} is not an address of this machine to listen on (${code ?? 'unknown error'})`;
}
