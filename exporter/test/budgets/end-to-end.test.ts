import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, startExporter, valueOf } from '../end-to-end/an-exporter.ts';
import { aHome, claudeLine } from '../sweep/a-home.ts';

let place = aHome();
beforeEach(() => { place = aHome(); });
afterEach(() => rmSync(place.home, { recursive: true }));

const minute = 60_000;
const call = (at: number, output: number, project: string): string => claudeLine({ session: `s-${project}`, at, output, id: `${project}-${at}`, cwd: `/home/ada/${project}` });
const where = (): string[] => ['--home', place.home, '--state', join(place.home, 'state')];

/** Noon in this zone is now, so that "today" has hours on both sides whenever the test runs. */
const zoneOfNoon = (now: number): string => {
  const ahead = (12 - new Date(now).getUTCHours() + 24) % 24;
  return ahead === 0 ? 'UTC' : ahead <= 14 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`;
};

describe('budgets on the real program', () => {
  it('[T6] the command prints what the ledger has and what the gauges show, with an exporter beside it and without', async () => {
    const now = Date.now();
    place.write('.claude/projects/-home-ada-shop/s-shop.jsonl', call(now - 90 * minute, 1000, 'shop') + call(now - 26 * 60 * minute, 50_000, 'shop'));
    place.write('.claude/projects/-home-ada-garden/s-garden.jsonl', call(now - 30 * minute, 200, 'garden'));
    place.write('.config/watchroom/config.yaml', `
timezone: ${zoneOfNoon(now)}
budgets:
  - {scope: project, name: shop, period: day, usd: 20, tokens: 10000}
  - {scope: tool, name: claude, period: day, tokens: 10000}
  - {scope: all, period: month, tokens: 1000000}
`);
    const alone = await run(['budget', '--format', 'json', ...where()]);
    const spent = Object.fromEntries((JSON.parse(alone.stdout) as { scope: string; unit: string; spent: number }[]).map((row) => [`${row.scope} ${row.unit}`, row.spent]));
    // each call: 1 input, 100 cache reads and its output; Opus 4.6 at 5 / 0.5 / 25 per million
    expect(spent).toMatchObject({ 'project usd': (5 + 50 + 25_000) / 1e6, 'project tokens': 1101, 'tool tokens': 1101 + 301 });
    const exporter = await startExporter(where());
    try {
      const page = await exporter.until(/ai_budget_used_tokens\{scope="tool",name="claude",period="day"\} 1402\n/);
      expect(valueOf(page, 'ai_budget_used_usd{scope="project",name="shop",period="day"}')).toBe(spent['project usd']);
      expect(valueOf(page, 'ai_budget_used_tokens{scope="all",name="everything",period="month"}')).toBe(spent['all tokens']);
      expect([valueOf(page, 'ai_budget_tokens{scope="all",name="everything",period="month"}'), valueOf(page, 'ai_budget_usd{scope="tool",name="claude",period="day"}')]).toEqual([1_000_000, undefined]);
      const [first] = JSON.parse(alone.stdout) as { startsAt: string; endsAt: string }[];
      expect(valueOf(page, 'ai_budget_period_start_timestamp_seconds{scope="project",name="shop",period="day"}')).toBe(Date.parse(first!.startsAt) / 1000);
      expect(valueOf(page, 'ai_budget_period_end_timestamp_seconds{scope="project",name="shop",period="day"}')).toBe(Date.parse(first!.endsAt) / 1000);
      const beside = await run(['budget', ...where()]);
      expect({ code: beside.code, stderr: beside.stderr }).toEqual({ code: 0, stderr: '' });
      expect(beside.stdout).toMatch(/project shop +day +\$0\.03 +\$20\.00/);
    } finally {
      await exporter.stop();
    }
  });

  it('counts a project also where the ledger keeps only hashes of names', async () => {
    const now = Date.now();
    place.write('.claude/projects/-home-ada-shop/s-shop.jsonl', call(now - minute, 1000, 'shop'));
    place.write('.config/watchroom/config.yaml', 'paths: {mode: hash}\nbudgets: [{scope: project, name: shop, period: month, tokens: 10000}]\n');
    const { stdout } = await run(['budget', '--format', 'json', ...where()]);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'shop', spent: 1101 }]);
    const page = (await run(['exporter', '--once', ...where()])).stdout;
    const project = /ai_session_info\{[^}]*project="([^"]+)"/.exec(page)![1]!;
    expect(project).not.toBe('shop');
    expect(valueOf(page, `ai_budget_used_tokens{scope="project",name="${project}",period="month"}`)).toBe(1101);
  });
});
