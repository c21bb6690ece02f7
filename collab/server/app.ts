import express from 'express';
import type { Express, RequestHandler } from 'express';
import helmet from 'helmet';
import type { Base } from './base.ts';
import { hostCheck } from './routes/cross-site.ts';
import { mountEnd, mountRoutes } from './routes/mount.ts';
import { openApiOf } from './routes/openapi.ts';
import type { Route } from './routes/route.ts';

export interface AppParts {
  readonly routes: readonly Route[];
  /** Pages and their files; behind the Host check, before the end. */
  readonly pages: readonly ((app: Express) => void)[];
  /** Sees every request first: how long it takes. */
  readonly timed?: RequestHandler;
}

/** The hub as an express application. */
export const createApp = (base: Base, { routes, pages, timed }: AppParts): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.set('trust proxy', base.settings.trustProxy);
  if (timed) app.use(timed);
  app.use(guarded(base));
  app.get('/healthz', (_request, response) => { response.type('text/plain').send('ok\n'); });
  app.use(hostCheck(base.settings));
  app.get('/openapi.json', (_request, response) => { response.json(openApiOf(routes, { version: base.settings.version, url: base.settings.publicUrl })); });
  mountRoutes(app, routes, base);
  for (const page of pages) page(app);
  mountEnd(app, base);
  return app;
};

const guarded = ({ settings }: Base): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:', 'blob:'], connectSrc: ["'self'"], fontSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: settings.publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
  });
