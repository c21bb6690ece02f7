import express from 'express';
import helmet from 'helmet';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { serveWeb } from '../../../server/pages/web.ts';
import type { TestHub } from '../../support/hub.ts';

export const webFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Puts the built page before a hub that does not serve it yet, under the hub's own policy. */
export const withWeb = ({ server }: TestHub): void => {
  const [hub] = server.listeners('request') as RequestListener[];
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], fontSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] } }, strictTransportSecurity: false }));
  if (!serveWeb(app, webFolder)) throw new Error('the page is not built: npm run build:web');
  app.use((request, response) => { hub!(request, response); });
  server.removeAllListeners('request');
  server.on('request', app);
};
