import { once } from 'node:events';
import type { Response } from 'express';
import { z } from 'zod';
import { isTimeZone } from 'watchroom/session/period';
import type { Base } from '../base.ts';
import { badRequest } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { csvHeading, csvOf } from './csv.ts';
import { analytics } from './question.ts';
import type { AnalyticName, Question } from './question.ts';
import type { Reader } from './reader.ts';
import { csvColumns, shapes } from './shapes.ts';
import { hourMs, nextDate, startOfDay, trendSteps } from './zone.ts';

const date = z.iso.date();
const moment = z.union([date, z.iso.datetime({ offset: true })]);
const range = {
  from: moment.exactOptional().describe('A date in the time zone, or a time. Absent: from the beginning. Hours count as a whole, where they begin.'),
  to: moment.exactOptional().describe('A date, which still belongs to it, or a time, which does not. Absent: up to now.'),
  zone: z.string().min(1).max(64).default('UTC').describe('IANA time zone, for dates, days and hours: Europe/Berlin.'),
};
const step = z.enum(trendSteps).default('day').describe('Weeks begin on Monday.');
const limit = z.coerce.number().int().min(1).max(200).default(50);
const params = z.object({ team: z.string().min(1).max(64) });

const summaries: Readonly<Record<AnalyticName, string>> = {
  summary: 'The team in figures: use, sessions, people, health', users: 'Use and sessions by person', sessions: 'The sessions that used most', trends: 'Use over time', tools: 'Use by AI tool and model, and calls of their tools',
  projects: 'Use by project', tags: 'Use by tag', errors: 'Common errors', hours: 'When work is done: by weekday and hour',
};

/** Analytics of a team, read from the hub's own store. */
export const analyticsRoutes = (base: Base, reader: Reader): readonly Route[] => [...analytics.map((name) => analytic(name, reader)), exportRoute(base, reader)];

const analytic = (name: AnalyticName, reader: Reader): Route => route({
  method: 'get', path: `/api/v1/teams/:team/analytics/${name}`, tag: 'analytics', summary: summaries[name], access: { who: 'team', act: 'analytics:see' }, params, perMinute: 240,
  query: z.object({ ...range, ...(name === 'trends' ? { step } : {}), ...(name === 'sessions' ? { limit: limit.describe('Sessions shown.') } : {}) }),
  answers: { about: 'Others\' private sessions are only inside sums. Counts without hours of their own (turns, errors, calls, lines) belong to the hour their session began in.', schema: shapes[name] },
  example: { params: { team: 'reds' }, query: { from: '2026-11-01', zone: 'Europe/Berlin', ...(name === 'trends' ? { step: 'week' } : {}) } },
  handle: ({ team, person, query }) => reader.ask(questionOf(name, { teamId: team.id, userId: person.userId, ...(query as Omit<Given, 'teamId' | 'userId'>) })),
});

const exportRoute = ({ store }: Base, reader: Reader): Route => route({
  method: 'get', path: '/api/v1/teams/:team/analytics/export', tag: 'analytics', summary: 'Any analytic as a file', access: { who: 'team', act: 'analytics:see' }, params, perMinute: 30,
  query: z.object({ ...range, step, of: z.enum(analytics).default('sessions').describe('sessions: all of them.'), format: z.enum(['csv', 'json']).default('csv') }),
  answers: { about: 'The rows, as they come.', type: 'text/csv' },
  example: { params: { team: 'reds' }, query: { of: 'trends', format: 'csv', from: '2026-11-01' } },
  handle: async ({ team, person, actor, now, query: { of, format, ...rest }, response }) => {
    const pieces = reader.pieces(questionOf(of, { teamId: team.id, userId: person.userId, ...rest }));
    const first = await pieces.next(); // what fails, fails before the head is written
    await audit(store, { at: now, teamId: team.id, actor, action: 'export:analytics', target: team.name, after: { of, format } });
    response.status(200).set({ 'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json', 'Content-Disposition': `attachment; filename="watchroom-${of}.${format}"`, 'Cache-Control': 'no-store' });
    const write = format === 'csv' ? csvWriter(of) : jsonWriter();
    try {
      await send(response, write.begin);
      for (let piece = first; !piece.done; piece = await pieces.next()) if (!(await send(response, write.rows(piece.value)))) return;
      response.end(write.end);
    } catch (error) {
      response.destroy(error as Error); // half a file must not look like a whole one
    }
  },
});

interface Writer {
  readonly begin: string;
  readonly rows: (rows: readonly object[]) => string;
  readonly end: string;
}

const csvWriter = (of: AnalyticName): Writer => ({ begin: csvHeading(csvColumns[of]), rows: (rows) => csvOf(csvColumns[of], rows), end: '' });

const jsonWriter = (): Writer => {
  let separator = '\n';
  return {
    begin: '[',
    rows: (rows) => rows.map((row) => {
      const text = `${separator}${JSON.stringify(row)}`;
      separator = ',\n';
      return text;
    }).join(''),
    end: '\n]\n',
  };
};

/** Writes as fast as it is read. False: whoever read has gone. */
const send = async (response: Response, text: string): Promise<boolean> => {
  if (response.destroyed) return false;
  if (response.write(text)) return true;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
  return !response.destroyed;
};

interface Given {
  readonly teamId: string;
  readonly userId: string;
  readonly from?: string;
  readonly to?: string;
  readonly zone: string;
  readonly step?: Question['step'];
  readonly limit?: number;
}

const questionOf = (name: AnalyticName, { teamId, userId, from, to, zone, step: by = 'day', limit: most = 50 }: Given): Question => {
  if (!isTimeZone(zone)) throw badRequest(`"${zone}" is no time zone that this hub knows. Try Europe/Berlin, America/New_York or UTC.`, 'zone');
  return {
    name, teamId, userId, zone, step: by, limit: most,
    ...(from === undefined ? {} : { from: Math.ceil(momentOf(from, zone) / hourMs) }),
    ...(to === undefined ? {} : { to: Math.ceil((isDate(to) ? startOfDay(nextDate(to), zone) : Date.parse(to)) / hourMs) }),
  };
};

const momentOf = (text: string, zone: string): number => (isDate(text) ? startOfDay(text, zone) : Date.parse(text));

const isDate = (text: string): boolean => date.safeParse(text).success;
