import { z } from 'zod';
import type { BudgetStatus } from 'watchroom/session/snapshot';
import { example } from '../auth/examples.ts';
import { teamOfPath } from '../auth/names.ts';
import { iso, isoTime } from '../auth/time.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import type { BudgetBook } from './book.ts';

const standing = z.object({
  scope: z.enum(['team', 'user', 'project', 'tool']),
  name: z.string(),
  period: z.enum(['day', 'week', 'month']),
  startsAt: isoTime.describe('Midnight in the time zone of the team (settings: calendar).'),
  endsAt: isoTime,
  usd: z.number().exactOptional(),
  usedUsd: z.number().exactOptional(),
  tokens: z.number().exactOptional(),
  usedTokens: z.number().exactOptional(),
}).meta({ id: 'BudgetStanding' });

/** How a team stands with its budgets; they are set with its settings. */
export const budgetRoutes = (book: BudgetBook): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/teams/:team/budgets', tag: 'teams', summary: "What was used of a team's budgets", access: { who: 'team', act: 'analytics:see' }, params: teamOfPath,
    answers: { schema: z.object({ budgets: z.array(standing) }), about: 'Each budget in its running period; one that every member has stands once for each.' },
    example: { params: { team: example.team } },
    handle: async ({ team, now }) => ({ budgets: (await book.at(now, team.id)).flatMap(({ budgets }) => budgets.map(tell)) }),
  }),
];

const tell = ({ scope, name, period, startsAt, endsAt, limitUsd, usedUsd, limitTokens, usedTokens }: BudgetStatus): z.input<typeof standing> => ({
  scope: scope as z.input<typeof standing>['scope'], name, period, startsAt: iso(startsAt), endsAt: iso(endsAt),
  ...(limitUsd === undefined ? {} : { usd: limitUsd, usedUsd }), ...(limitTokens === undefined ? {} : { tokens: limitTokens, usedTokens }),
});
