import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Scene } from './page/scene.ts';
import type { Studio } from './pictures.ts';
import type { Dashboard, View } from './scene.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const committed = fileURLToPath(new URL('../grafana/', import.meta.url));

const { values: flags } = parseArgs({
  options: {
    prometheus: { type: 'string' },
    minutes: { type: 'string' },
    interval: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '150' },
    output: { type: 'string', default: join(here, '../../.cache/dashboards') },
    session: { type: 'string' },
    only: { type: 'string' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
    readme: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run dashboards:preview -- [options]: draws the committed dashboards with Grafana's component library into PNG files

  --prometheus URL   draw from this Prometheus (default: one is started beside exporters of a made-up team)
  --minutes NUMBER   time shown, with --prometheus (default: as each page has it)
  --interval NUMBER  its scrape interval in seconds, with --prometheus (default: 15)
  --seconds NUMBER   how long the made-up team works before it is drawn (default: 150)
  --output FOLDER    where the pictures go (default: .cache/dashboards)
  --session ID       the session of the page "Session" (default: the fullest)
  --only TEXT        only dashboards with this in their name
  --readme           also the two smaller pictures in docs/images
  --browser PATH     Chromium (default: /usr/bin/chromium)
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The component library is 450 MB and only this script needs it: it is fetched on first use. */
const installOnce = (): void => {
  if (existsSync(join(here, 'node_modules/@grafana/ui'))) return;
  say('fetching Grafana\'s component library (once, 450 MB)');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', here], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci --prefix ${here} ended with ${status}. Is the package registry within reach?`);
};

const dashboards = (): readonly Dashboard[] =>
  readdirSync(committed).filter((name) => name.endsWith('.json') && name.includes(flags.only ?? '')).map((name) => JSON.parse(readFileSync(join(committed, name), 'utf8')) as Dashboard);

/** A Prometheus to draw from, and since when it is worth looking at. */
const source = async (): Promise<{ readonly url: string; readonly since: number | undefined; readonly scrapeSeconds: number; readonly stop: () => Promise<void> }> => {
  if (flags.prometheus !== undefined) return { url: flags.prometheus.replace(/\/$/, ''), since: flags.minutes === undefined ? undefined : Date.now() - Number(flags.minutes) * 60_000, scrapeSeconds: Number(flags.interval), stop: async () => {} };
  const { aStage } = await import('./a-stage.ts');
  const { prometheus, since, stop } = await aStage(Number(flags.seconds), say);
  return { url: prometheus.url, since, scrapeSeconds: 5, stop };
};

/** The time a page shows by itself: "now-7d" or "now/d". */
const ownTime = (from: string, to: number): { readonly from: number; readonly timeText: string } => {
  if (from === 'now/d') return { from: new Date(to).setHours(0, 0, 0, 0), timeText: 'Today so far' };
  const [, count, unit] = /^now-(\d+)([hd])$/.exec(from) ?? [];
  if (count === undefined) throw new Error(`a page begins at ${JSON.stringify(from)}; only now-7d, now-6h and now/d are understood`);
  return { from: to - Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000), timeText: `Last ${count} ${unit === 'd' ? 'days' : 'hours'}` };
};

const fullestSession = async (url: string): Promise<string | undefined> => {
  const query = encodeURIComponent('topk(1, session:ai_session_context:ratio and on (session_id) ai_session_state{state="working"} == 1) or topk(1, session:ai_session_context:ratio)');
  const { data } = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as { readonly data: { readonly result: readonly { readonly metric: { readonly session_id?: string } }[] } };
  return data.result[0]?.metric.session_id;
};

/** Two pages in the README: a dark one and a light one. */
const forReadme: Readonly<Record<string, string>> = { 'watchroom-team-dark': 'dashboard-team.png', 'watchroom-session-light': 'dashboard-session.png' };

/** The first rows of a page with their panels. */
const beginning = (scene: Scene, rows: number): Scene => {
  const end = scene.panels.filter(({ type }) => type === 'row')[rows]?.gridPos.y ?? Infinity;
  return { ...scene, panels: scene.panels.filter(({ gridPos }) => gridPos.y < end) };
};

const main = async (): Promise<void> => {
  if (flags.help) return say(usage);
  installOnce();
  const folder = resolve(flags.output);
  mkdirSync(folder, { recursive: true });
  const { openStudio } = await import('./pictures.ts');
  const studio = await openStudio(flags.browser);
  try {
    await drawAll(studio, folder);
  } finally {
    await studio.close();
  }
};

/** Every dashboard in both themes, as it is at one moment. */
const drawAll = async (studio: Studio, folder: string): Promise<void> => {
  const { sceneOf } = await import('./scene.ts');
  const { url, since, scrapeSeconds, stop } = await source();
  try {
    const session = flags.session ?? (await fullestSession(url));
    const to = Date.now();
    for (const dashboard of dashboards()) for (const theme of ['dark', 'light'] as const) {
      const view: View = {
        prometheusUrl: url, theme, to, scrapeSeconds, chosen: session === undefined ? {} : { session },
        ...(since === undefined || dashboard.uid === 'watchroom-usage' ? ownTime(dashboard.time.from, to) : { from: since, timeText: `Last ${Math.round((to - since) / 1000)} seconds` }),
      };
      const file = join(folder, `${dashboard.uid}-${theme}.png`);
      const scene = await sceneOf(dashboard, view);
      const complaints = await studio.draw(scene, file);
      const small = forReadme[`${dashboard.uid}-${theme}`];
      if (flags.readme && small !== undefined) await studio.draw(beginning(scene, 3), join(here, '../../docs/images', small), 0.75);
      say(`${file}${complaints.map((complaint) => `\n  the page said: ${complaint}`).join('')}`);
    }
  } finally {
    await stop();
  }
};

await main();
