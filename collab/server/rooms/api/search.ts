import { z } from 'zod';
import type { Base } from '../../base.ts';
import type { Route } from '../../routes/route.ts';
import { searchPosts } from '../chat/search.ts';
import { anId, v4 } from './v4.ts';

/** Search in everything that was said where the asker may read. */
export const searchRoutes = ({ store }: Base): readonly Route[] => [
  v4('post', '/api/v4/teams/:team/posts/search', {
    scope: 'read', perMinute: 120, params: z.object({ team: anId }), body: z.object({ terms: z.string().max(512), is_or_search: z.boolean().default(false), page: z.int().min(0).max(1000).default(0), per_page: z.int().min(1).max(200).default(60) }),
    handle: ({ person, params, body, now }) => searchPosts(store, { teamId: params.team, userId: person.userId, now, terms: body.terms, either: body.is_or_search, page: body.page, perPage: body.per_page }),
  }),
];
