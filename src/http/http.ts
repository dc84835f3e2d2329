import { ValidationPipe } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../operations/log.js';
import type { Metrics } from '../operations/metrics.js';
import { observeRequests } from '../operations/request-log.js';
import type { InFlight } from './in-flight.js';
import { BadFields } from './problem.js';
import { refuseFiles } from './station.js';

/** What a page may load and do (design 8): only what comes from here, nothing inline, no frame around it. */
export const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** The one script that may compile WebAssembly: the worker that audits a box, under a policy of its own. */
const AUDIT_WORKER = '/assets/box-audit-worker.js';
const withWebAssembly = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: { ...contentSecurityPolicy, 'script-src': ["'self'", "'wasm-unsafe-eval'"] },
});

const PUBLIC_FOLDER = fileURLToPath(new URL('../../public', import.meta.url));
const BUILT_FOLDER = fileURLToPath(new URL('../../dist/assets', import.meta.url)); // scripts, made by `npm run build`
const require = createRequire(import.meta.url);
const PICO_FOLDER = dirname(require.resolve('@picocss/pico/css/pico.min.css'));
const FONTS_FOLDER = join(dirname(require.resolve('@fontsource/source-sans-3/package.json')), 'files');

/** Dresses the application in what holds for every request, in the order in which a request meets it. */
export function configureHttp(
  app: NestExpressApplication,
  {
    log,
    metrics,
    inFlight,
    proxies,
  }: { log: Log; metrics: Metrics; inFlight: InFlight; proxies: readonly string[] },
): void {
  app.disable('x-powered-by');
  app.set('trust proxy', proxies);
  app.disable('etag'); // nothing of ours is stored by a browser, but for what says so itself
  inFlight.follow(app.getHttpServer());
  app.use(inFlight.watch);
  app.use(observeRequests(log, metrics));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy } }));
  app.use(AUDIT_WORKER, withWebAssembly);
  serveAssets(app);
  app.use(refuseFiles);
  app.use((_: Request, response: Response, next: NextFunction) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.useBodyParser('json', { limit: '256kb' });
  app.useBodyParser('urlencoded', { limit: '32kb', extended: false });
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) => new BadFields(errors),
    }),
  );
  app.getHttpServer().requestTimeout = 30_000; // a request that dribbles in does not hold a stop up for longer
}

/** Style sheets, scripts, the font and icons. Their names do not change with their content, so a browser asks again soon. */
function serveAssets(app: NestExpressApplication): void {
  const options = { index: false, redirect: false, maxAge: '10m' } as const;
  app.use('/assets/pico.min.css', (_: Request, response: Response) => {
    response.sendFile('pico.min.css', { root: PICO_FOLDER, maxAge: options.maxAge });
  });
  app.useStaticAssets(FONTS_FOLDER, { ...options, prefix: '/assets/fonts/' });
  app.useStaticAssets(BUILT_FOLDER, { ...options, prefix: '/assets/' });
  app.useStaticAssets(PUBLIC_FOLDER, { ...options, prefix: '/assets/' });
}
