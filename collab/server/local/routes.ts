import { z } from 'zod';
import type { Base } from '../base.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { takeLocalLink } from './links.ts';

/** The door of a hub in local mode: a link instead of a password. A team's hub does not have it. */
export const localRoutes = ({ store, settings }: Base): readonly Route[] => (settings.local ? [exchange(store)] : []);

const exchange = (store: Base['store']): Route =>
  route({
    method: 'post', path: '/api/v1/auth/local', tag: 'auth', summary: 'Sign in with the link of `watchroom open`', access: { who: 'everybody' }, perMinute: 30,
    body: z.strictObject({ secret: z.string().max(200).meta({ description: 'What stands behind #local= in the link.' }) }),
    answers: { schema: z.object({ token: z.string().meta({ description: 'To be sent as Bearer; the browser keeps it for this tab.' }) }), about: 'A login for this browser.' },
    handle: ({ body, request, now }) => takeLocalLink(store, { secret: body.secret, userAgent: (request.get('user-agent') ?? '').slice(0, 200), address: request.ip ?? '', now }),
  });
