import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, startExporter } from '../end-to-end/an-exporter.ts';
import type { RunningExporter } from '../end-to-end/an-exporter.ts';
import { aProcTree } from '../processes/a-proc-tree.ts';
import { requireServer, startPrometheus, until } from '../servers.ts';
import type { Prometheus } from '../servers.ts';
import { aHome, aLedger, anEngine, claudeLine } from '../sweep/a-home.ts';
import { days, grownBetween, importPast, rawSamples, usedIn } from './a-past.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const longRetention = ['--storage.tsdb.retention.time=100y'];
const scraping = (target: string): string => `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: watchroom, static_configs: [{targets: ['${target}'], labels: {site: attic}}]}]
`;
const idle = 'global: {scrape_interval: 1s}\n';

const { path: nobody, delete: deleteNobody } = aProcTree([{ pid: 1, argv: ['/sbin/init'] }]);
afterAll(deleteNobody);

let call = 0;
const line = (at: number, output: number, { project = 'shop', model = 'claude-opus-4-6' } = {}): string => {
  call += 1;
  return claudeLine({ session: `s-${project}`, at, output, id: `c${call}`, model, cwd: `/home/ada/${project}` });
};
const transcript = (project: string): string => `.claude/projects/-home-ada-${project}/s-${project}.jsonl`;

/** Forty days of work in two projects, on most days, with a model that has no price now and then. */
const fortyDays = (now: number): Readonly<Record<string, string>> => {
  const texts: Record<string, string> = { shop: '', garden: '' };
  for (let ago = 40; ago >= 1; ago -= 1) {
    if (ago % 7 === 3) continue;
    for (let turn = 0; turn < 6; turn += 1) texts.shop += line(now - ago * day + turn * 37 * minute, 100 + ago * turn);
    if (ago % 5 === 0) texts.garden += line(now - ago * day + 11 * hour, 1000 + ago, { project: 'garden', ...(ago === 5 ? { model: 'claude-unheard-of-9' } : {}) });
  }
  texts.shop += line(now - 30 * minute, 4000) + line(now - 2 * minute, 500);
  return texts;
};

requireServer('promtool')('a past in a real Prometheus', () => {
  describe('joined to the live series of an exporter that is new', () => {
    let place: ReturnType<typeof aHome>;
    let state: string;
    let data: string;
    let exporter!: RunningExporter;
    let prometheus!: Prometheus;
    let beginAt: number;
    let told: Awaited<ReturnType<typeof run>>;
    const started = Date.now();

    beforeAll(async () => {
      place = aHome();
      state = join(place.home, 'state');
      data = join(place.home, 'prometheus-data');
      for (const [project, text] of Object.entries(fortyDays(started))) place.write(transcript(project), text);
      exporter = await startExporter(['--home', place.home, '--state', state, '--proc', nobody]);
      await exporter.until(/watchroom_records_total\{source="claude"} 21\d\n/);
      const config = scraping(new URL(exporter.url).host);
      prometheus = await startPrometheus({ config, data, args: longRetention });
      await until(async () => (await prometheus.query('watchroom_records_total{source="claude"} > 200')).length > 0, 20_000, 100);
      appendFileSync(join(place.home, transcript('shop')), line(Date.now(), 77));
      await until(async () => (await prometheus.query('ai_tokens_total{token_type="output"} == 77')).length > 0, 20_000, 100);
      told = await run(['backfill', '--prometheus', prometheus.url, '--output', join(place.home, 'past.om'), '--home', place.home, '--state', state]);
      expect(told).toMatchObject({ code: 0, stdout: '' });
      importPast(join(place.home, 'past.om'), data);
      await prometheus.stop();
      prometheus = await startPrometheus({ config, data, args: [...longRetention, '--web.enable-admin-api'] });
      beginAt = Math.min(...(await rawSamples(prometheus, 'watchroom_build_info')).flatMap(({ samples }) => samples.map(([at]) => at)));
      await until(async () => (await prometheus.query('up == 1')).length > 0, 20_000, 100);
    }, 120_000);
    afterAll(async () => {
      await prometheus?.stop();
      await exporter?.stop();
      rmSync(place.home, { recursive: true });
    });

    it('says what was written, of whom, and what comes next', () => {
      const host = new URL(exporter.url).host;
      expect(told.stderr).toMatch(new RegExp(`^The past of instance="${host}", job="watchroom", site="attic": [0-9,]+ tokens and \\$[0-9.]+ from .* to .*, when Prometheus first scraped it\\.\n`));
      expect(told.stderr).toContain(`promtool tsdb create-blocks-from --max-block-duration=744h openmetrics ${join(place.home, 'past.om')} DATA_FOLDER`);
    });

    it('[T8] raw samples over past days differ by exactly the days of the ledger', async () => {
      const tokens = await rawSamples(prometheus, 'ai_tokens_total');
      const cost = await rawSamples(prometheus, 'ai_cost_usd_total');
      const unpriced = await rawSamples(prometheus, 'ai_unpriced_tokens_total');
      const past = days(started - 41 * day, started - day);
      expect(past.length).toBeGreaterThan(35);
      for (const from of past) {
        const used = usedIn(state, from, from + day);
        expect([new Date(from).toISOString(), grownBetween(tokens, from, from + day), grownBetween(cost, from, from + day).toFixed(6), grownBetween(unpriced, from, from + day)])
          .toEqual([new Date(from).toISOString(), used.tokens, used.usd.toFixed(6), used.unpricedTokens]);
        for (const project of ['shop', 'garden'])
          expect(grownBetween(tokens.filter(({ labels }) => labels.project === project), from, from + day)).toBe(usedIn(state, from, from + day, { project }).tokens);
      }
      expect(grownBetween(tokens, 0, Infinity)).toBe(usedIn(state, 0, Date.now() + day).tokens);
    });

    it('has the names and labels of the live series', async () => {
      const shop = await rawSamples(prometheus, '{__name__=~"ai_(tokens|cost_usd)_total",project="shop"}');
      const withPast = shop.filter(({ samples }) => samples[0]![0] < beginAt);
      expect(withPast.map(({ labels }) => labels.token_type ?? 'cost').sort()).toEqual(['cache_read', 'cost', 'input', 'output']);
      for (const { samples } of withPast) expect(samples.at(-1)![0]).toBeGreaterThan(beginAt);
    });

    it('the past ends before the live series begins, no time has two samples, and five minutes are the most while use goes on', async () => {
      for (const { labels, samples } of await rawSamples(prometheus, '{__name__=~"ai_(tokens|cost_usd|sessions_started)_total",project="shop"}')) {
        const times = samples.map(([at]) => at);
        expect({ labels, rising: times.every((at, index) => index === 0 || at > times[index - 1]!) }).toEqual({ labels, rising: true });
        const past = times.filter((at) => at < beginAt);
        // the clock of the exporter's calls is this one's: the last use was two minutes before the start
        if (labels.token_type === 'output') expect(beginAt - past.at(-1)!).toBeLessThan(100);
        const begin = Math.floor((started - day) / 300_000) * 300_000;
        const working = past.filter((at) => at > begin && at <= begin + 3 * hour);
        expect(Math.max(...working.slice(1).map((at, index) => at - working[index]!))).toBeLessThanOrEqual(300_000);
      }
    });

    it('[T41] increase() over the join has no jump: it is the use before and after it, within one sample step', async () => {
      const [joined] = await prometheus.query('sum(increase(ai_tokens_total{token_type="output",project="shop"}[1h]))');
      // within the last hour: 4000 half an hour ago, 500 two minutes ago, 77 live
      expect(Math.abs(Number(joined!.value![1]) / 4577 - 1)).toBeLessThan(0.1);
      const raw = (await rawSamples(prometheus, 'ai_tokens_total{token_type="output",project="shop"}'));
      expect(grownBetween(raw, started - hour, Infinity)).toBe(4577);
      expect(grownBetween(raw, beginAt - 1, Infinity)).toBe(77);
      expect(await prometheus.query('resets(ai_tokens_total{token_type="output",project="shop"}[1h])')).toMatchObject([{ value: [expect.anything(), '1'] }]);
    });

    it('increase() over any past day is right within two percent', async () => {
      for (const from of days(started - 41 * day, started - day)) {
        const truth = usedIn(state, from, from + day).tokens;
        const [answer] = await prometheus.query('sum(increase(ai_tokens_total[1d]))', (from + day) / 1000);
        expect(Math.abs(Number(answer?.value?.[1] ?? 0) - truth)).toBeLessThanOrEqual(truth * 0.02);
      }
    });

    it('a job that Prometheus does not know is said, and several exporters are listed', async () => {
      const unknown = await run(['backfill', '--prometheus', prometheus.url, '--job', 'nobody', '--home', place.home, '--state', state]);
      expect(unknown.stderr).toContain('no series of a Watchroom exporter with job="nobody"');
      const { host } = new URL(exporter.url);
      const twice = await startPrometheus({ config: `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - {job_name: one, static_configs: [{targets: ['${host}']}]}
  - {job_name: two, static_configs: [{targets: ['${host}'], labels: {site: attic}}]}
` });
      await until(async () => (await twice.query('watchroom_build_info')).length === 2, 20_000, 100);
      const several = await run(['backfill', '--prometheus', twice.url, '--home', place.home, '--state', state]);
      const one = await run(['backfill', '--prometheus', twice.url, '--job', 'one', '--home', place.home, '--state', state]);
      await twice.stop();
      expect(several.stderr).toContain(`Which is this machine's?\n  --job one --instance ${host}\n  --job two --instance ${host}   (site="attic")\n`);
      expect([one.code, one.stdout.includes('job="one"'), one.stdout.includes('attic')]).toEqual([0, true, false]);
    });

    it('a second past over the first is refused, until the first one was taken out as the page says', async () => {
      const again = await run(['backfill', '--prometheus', prometheus.url, '--home', place.home, '--state', state]);
      expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 1, stdout: '' });
      const end = /has a past of instance=.* already \(\d+ series up to (\S+), just before its first scrape\).*docs\/backfill\.md/.exec(again.stderr)![1]!;
      const taken = await fetch(`${prometheus.url}/api/v1/admin/tsdb/delete_series?match[]={__name__=~"ai_.*",job="watchroom"}&end=${end}`, { method: 'POST' });
      expect(taken.status).toBe(204);
      const anew = await run(['backfill', '--prometheus', prometheus.url, '--home', place.home, '--state', state]);
      expect(anew.code).toBe(0);
      expect(anew.stdout === readFileSync(join(place.home, 'past.om'), 'utf8')).toBe(true);
    });
  });

  describe('joined to the live series of an exporter that counted for twenty days before anybody scraped it', () => {
    it('[T8] leads to the first live value, so that nothing is counted twice and nothing is missing', async () => {
      const { home, machine, write } = aHome();
      const state = join(home, 'state');
      const data = join(home, 'prometheus-data');
      mkdirSync(state);
      const begun = Date.now() - 20 * day;
      let now = begun;
      const ledger = aLedger({ path: join(state, 'ledger.db'), now: () => now });
      const work = async (text: string): Promise<void> => {
        if (existsSync(join(home, transcript('shop')))) appendFileSync(join(home, transcript('shop')), text);
        else write(transcript('shop'), text);
        await anEngine(machine, ledger, () => now).engine.scan();
      };
      await work(line(begun - 3 * day, 100_000) + line(begun - 2 * day, 7000)); // before the ledger: history
      for (let ago = 19; ago >= 1; ago -= 1) {
        now = Date.now() - ago * day;
        await work(line(now - minute, 100 + ago) + (ago === 10 ? line(now - 5 * hour, 3333) : '')); // one is found late
      }
      ledger.close();
      const exporter = await startExporter(['--home', home, '--state', state, '--proc', nobody]);
      const config = scraping(new URL(exporter.url).host);
      let prometheus = await startPrometheus({ config, data, args: longRetention });
      try {
        await until(async () => (await prometheus.query('ai_tokens_total{token_type="output"}')).length > 0, 20_000, 100);
        const first = 19 * 100 + (19 * 20) / 2;
        expect((await prometheus.query('ai_tokens_total{token_type="output"}'))[0]!.value![1]).toBe(String(first));
        const { code, stderr } = await run(['backfill', '--prometheus', prometheus.url, '--output', join(home, 'past.om'), '--home', home, '--state', state]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('when Prometheus first scraped it') });
        importPast(join(home, 'past.om'), data);
        await prometheus.stop();
        prometheus = await startPrometheus({ config, data, args: longRetention });
        const tokens = await rawSamples(prometheus, 'ai_tokens_total');
        for (const from of days(begun - 4 * day, Date.now() - day)) expect(grownBetween(tokens, from, from + day)).toBe(usedIn(state, from, from + day).tokens);
        expect(grownBetween(tokens, 0, Infinity)).toBe(usedIn(state, 0, Date.now() + day).tokens);
        const [output] = tokens.filter(({ labels }) => labels.token_type === 'output');
        const beginAt = Math.min(...(await rawSamples(prometheus, 'watchroom_build_info')).flatMap(({ samples }) => samples.map(([at]) => at)));
        expect(output!.samples.filter(([at]) => at < beginAt).at(-1)![1]).toBe(first);
        expect(output!.samples.find(([at]) => at >= beginAt)![1]).toBe(first);
      } finally {
        await prometheus.stop();
        await exporter.stop();
        rmSync(home, { recursive: true });
      }
    }, 120_000);
  });

  describe('without asking a Prometheus', () => {
    const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));
    const rows = existsSync(samples) ? readFileSync(join(samples, 'expected.jsonl'), 'utf8').trim().split('\n').map((text) => JSON.parse(text) as { file: string; tool: string; sessionId: string | null }) : [];
    const given = existsSync(samples) ? it : it.skip;

    given(`[T8] real transcripts: raw samples over their days differ by exactly the days of the ledger${rows.length > 0 ? '' : ' (skipped: ../shared/samples is not here)'}`, async () => {
      const home = mkdtempSync(join(tmpdir(), 'watchroom-past-'));
      const state = join(home, 'state');
      rows.forEach(({ file, tool, sessionId }, index) => {
        const place = tool === 'claude' ? `.claude/projects/-home-ada-shop/${index}-${basename(file)}` : tool === 'codex' ? `.codex/sessions/2026/01/01/rollout-2026-01-01T00-00-00-${sessionId ?? 'unnamed'}.jsonl` : undefined;
        if (place === undefined || existsSync(join(home, place))) return;
        mkdirSync(dirname(join(home, place)), { recursive: true });
        copyFileSync(join(samples, file), join(home, place));
      });
      const { code } = await run(['backfill', '--job', 'watchroom', '--instance', 'box:10877', '--output', join(home, 'past.om'), '--home', home, '--state', state]);
      expect(code).toBe(0);
      importPast(join(home, 'past.om'), join(home, 'data'));
      const prometheus = await startPrometheus({ config: idle, data: join(home, 'data'), args: longRetention });
      try {
        const tokens = await rawSamples(prometheus, 'ai_tokens_total{job="watchroom",instance="box:10877"}');
        const cost = await rawSamples(prometheus, 'ai_cost_usd_total');
        const first = Math.min(...tokens.flatMap(({ samples: own }) => own.map(([at]) => at)));
        const used = days(first, Date.now()).map((from) => ({ from, ...usedIn(state, from, from + day) }));
        expect(used.filter((one) => one.tokens > 0).length).toBeGreaterThan(10);
        for (const { from, tokens: truth, usd } of used)
          expect([grownBetween(tokens, from, from + day), grownBetween(cost, from, from + day).toFixed(6)]).toEqual([truth, usd.toFixed(6)]);
        for (const tool of ['claude', 'codex'])
          expect(grownBetween(tokens.filter(({ labels }) => labels.tool === tool), 0, Infinity)).toBe(usedIn(state, 0, Date.now() + day, { tool }).tokens);
      } finally {
        await prometheus.stop();
        rmSync(home, { recursive: true });
      }
    }, 120_000);
  });
});
