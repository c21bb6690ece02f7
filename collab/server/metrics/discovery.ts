import { z } from 'zod';
import { agentLabels } from 'watchroom/metrics/hub-metrics';
import type { Agents } from '../agents/agents.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { namesOf } from './names.ts';

const targets = z.array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) })).meta({ id: 'Targets', description: 'https://prometheus.io/docs/prometheus/latest/http_sd/' });

/** Prometheus's http_sd: the exporters that agents say others can reach. One that fell silent stays a target, so that `up` says it. */
export const discoveryRoute = ({ base, live }: Agents): Route => route({
  method: 'get', path: '/api/v1/sd', tag: 'metrics', summary: 'Exporters to scrape, for http_sd_configs', access: { who: 'scraper' },
  answers: { schema: targets, about: "Agents that told an address, of the token's team." }, example: {},
  handle: async ({ scraper, now }) => {
    live.settle(now);
    const names = await namesOf(base.store);
    return [...live.agents()].filter(({ teamId }) => scraper.teamId === undefined || teamId === scraper.teamId).flatMap(({ url, teamId, userId, hostName }) => {
      const place = url === undefined ? undefined : placeOf(url);
      const [team, user] = [names.team(teamId), names.user(userId)];
      if (place === undefined || team === undefined || user === undefined) return [];
      return [{ targets: [place.target], labels: { ...Object.fromEntries(agentLabels.map((label, index) => [label, [team, hostName, user][index]!])), __scheme__: place.scheme, __metrics_path__: place.path } }];
    });
  },
});

/** An address that is good on its own machine only is nobody's target. */
const placeOf = (url: string): { readonly target: string; readonly scheme: string; readonly path: string } | undefined => {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (hostname === 'localhost' || hostname === '[::1]' || hostname === '0.0.0.0' || hostname.startsWith('127.')) return undefined;
  const scheme = protocol.slice(0, -1);
  return { target: `${hostname}:${port || (scheme === 'https' ? '443' : '80')}`, scheme, path: `${pathname.replace(/\/+$/, '')}/metrics` };
};
