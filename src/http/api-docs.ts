import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import helmet from 'helmet';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { contentSecurityPolicy } from './http.js';
import { render } from './views.js';

// Swagger UI belongs to @nestjs/swagger: found from there, wherever npm put it.
const require = createRequire(import.meta.url);
const SWAGGER_UI = dirname(
  createRequire(require.resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'),
);

/** The icons of Swagger UI are data: images in its style sheet. Scripts stay as strict as everywhere. */
const looser = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: { ...contentSecurityPolicy, 'img-src': ["'self'", 'data:'] },
});

/**
 * Describes the API at /api/docs, for people and (openapi.json) for programs. The page is ours, because Nest's own holds
 * an inline style. To be called before the application is initialised.
 */
export function serveApiDocs(app: NestExpressApplication): void {
  let description: OpenAPIObject | undefined;
  const server = app.getHttpAdapter().getInstance();
  server.get('/api/docs/openapi.json', (_: Request, response: Response) => {
    response.json((description ??= describe(app)));
  });
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    server.get(`/api/docs/${file}`, (_: Request, response: Response) => {
      response.set('Cache-Control', 'public, max-age=600').sendFile(file, { root: SWAGGER_UI });
    });
  }
  server.get('/api/docs', (request: Request, response: Response) => {
    looser(request, response, () => {
      response.type('html').send(render('api-docs', {}));
    });
  });
}

function describe(app: NestExpressApplication): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('Isoloir')
    .setDescription('Failures are problem details (RFC 9457); match their `code`.')
    .setVersion('1')
    .build();
  const whole = SwaggerModule.createDocument(app, about);
  const paths = Object.entries(whole.paths).filter(([path]) => path.startsWith('/api/'));
  return { ...whole, paths: Object.fromEntries(paths) };
}
