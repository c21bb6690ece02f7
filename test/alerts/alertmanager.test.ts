import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alertmanagerConfig } from '../../alerts/source/alertmanager.ts';
import type { Delivery } from '../../alerts/source/alertmanager.ts';
import { requireServer } from '../../exporter/test/servers.ts';
import { installedAndNewer } from '../stack/newer-servers.ts';
import { alertsFolder, rules, run } from './the-alerts.ts';

const slack = { urlFile: '/run/secrets/slack_url' };
const webhook = { url: 'http://bot.example:9000/alerts', tokenFile: '/run/secrets/webhook_token' };
const rooms = { url: 'http://collab:8877/api/alerts', tokenFile: '/run/secrets/rooms_token' };
const deliveries: Readonly<Record<string, Delivery>> = {
  'to nobody': {},
  'to Slack': { slack },
  'to a webhook': { webhook: { url: webhook.url } },
  'to Slack and a webhook with a token': { slack, webhook },
  'to Slack, a webhook and the rooms': { slack, webhook, rooms },
  "to teams' own channels": { slack, rooms, teams: [{ team: 'blue', slackUrlFile: '/run/secrets/slack_url_blue' }, { team: "it's ours", slackUrlFile: '/run/secrets/slack_url_ours' }] },
};

/** A configuration in a folder, with the templates beside it as in the container. */
const inFolder = async <Result>(config: string, body: (file: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-alertmanager-'));
  writeFileSync(join(folder, 'alertmanager.yml'), config);
  symlinkSync(join(alertsFolder, 'templates'), join(folder, 'templates'));
  try {
    return await body(join(folder, 'alertmanager.yml'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const receiverOf = (config: string, labels: readonly string[]): Promise<string> =>
  inFolder(config, async (file) => (await run('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...labels])).output.replace(/^Warning: .*\n/gm, '').trim());

requireServer('amtool')('amtool', () => {
  it.each(installedAndNewer('amtool'))('(%s) accepts the committed configuration and its templates', async (_which, amtool) => {
    const { code, output } = await run(amtool, ['check-config', 'alertmanager.yml']);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('1 templates') });
  });

  it.each(Object.keys(deliveries))('accepts a configuration %s, in every version', async (words) => {
    for (const [, amtool] of installedAndNewer('amtool')) expect(await inFolder(alertmanagerConfig(deliveries[words]!), (file) => run(amtool, ['check-config', file]))).toMatchObject({ code: 0 });
  });

  it("sends a team's alerts to its own channel, everybody else's to the common one", async () => {
    const config = alertmanagerConfig(deliveries["to teams' own channels"]!);
    expect(await receiverOf(config, ['team=blue', 'severity=warning'])).toBe('team blue');
    expect(await receiverOf(config, ['team=blue', 'severity=critical'])).toBe('team blue');
    expect(await receiverOf(config, ["team=it's ours", 'severity=info'])).toBe("team it's ours");
    expect(await receiverOf(config, ['team=red', 'severity=critical'])).toBe('everybody');
    expect(await receiverOf(config, ['severity=info'])).toBe('everybody');
  });
});

describe("Alertmanager's configuration", () => {
  interface Route { readonly receiver?: string; readonly matchers?: readonly string[]; readonly group_by?: readonly string[]; readonly group_wait?: string; readonly repeat_interval?: string; readonly routes?: readonly Route[] }
  interface Config { readonly route: Route; readonly receivers: readonly { readonly name: string; readonly slack_configs?: readonly { readonly api_url_file: string }[]; readonly webhook_configs?: readonly { readonly url: string }[] }[]; readonly inhibit_rules: readonly { readonly source_matchers: readonly string[]; readonly target_matchers: readonly string[]; readonly equal?: readonly string[] }[] }
  const configOf = (delivery: Delivery): Config => parse(alertmanagerConfig(delivery)) as Config;

  it('groups by session, and tells the critical sooner and the merely interesting later', () => {
    const { route } = configOf({ slack });
    expect(route.group_by).toEqual(['job', 'instance', 'team', 'host_name', 'user_name', 'session_id']);
    expect(route.routes!.map(({ matchers, group_wait: wait, repeat_interval: repeat }) => [matchers![0], wait, repeat])).toEqual([['severity="critical"', '5s', '4h'], ['severity="info"', '1m', '24h']]);
  });

  it('has no Slack receiver without Slack, and no secret in its text', () => {
    expect(configOf({ webhook }).receivers).toEqual([{ name: 'everybody', webhook_configs: [expect.objectContaining({ url: webhook.url })] }]);
    expect(configOf({}).receivers).toEqual([{ name: 'everybody' }]);
    expect(alertmanagerConfig({ slack })).not.toMatch(/hooks\.slack|api_url:/);
  });

  it('inhibits by the silence of an exporter what that exporter told, and nothing that the silence does not explain', () => {
    const areas = [...new Set(rules.map(({ labels }) => labels.area!))].filter((area) => area !== 'silence');
    for (const { source_matchers: [source], target_matchers: [target] } of configOf({}).inhibit_rules.filter(({ target_matchers: targets }) => targets[0]!.startsWith('area'))) {
      const silence = rules.find(({ alert }) => source === `alertname="${alert}"`);
      expect(silence?.labels.area).toBe('silence');
      const inhibited = new RegExp(`^(?:${/^area=~"(.*)"$/.exec(target!)![1]})$`);
      for (const area of areas) expect(area).toMatch(inhibited);
      expect('silence').not.toMatch(inhibited);
    }
  });
});

requireServer('amtool')('messages', () => {
  describe.each(installedAndNewer('amtool'))('%s', (_which, amtool) => {
    const firing = (summary: string, more: Readonly<Record<string, unknown>> = {}) => ({
      status: 'firing', labels: { alertname: 'SessionContextNearlyFull', severity: 'warning', session_id: 'claude/5e55' },
      annotations: { summary, description: 'Compact it.', dashboard_url: 'http://grafana.example/d/watchroom-session?var-session=a&var-user=b', room_url: 'http://hub.example/rooms/claude/5e55', runbook_url: 'http://git.example/runbook.md#x' }, ...more,
    });
    const resolved = (summary: string) => firing(summary, { status: 'resolved' });
    const rendered = async (template: string, alerts: readonly unknown[], status = 'firing'): Promise<string> => {
      const folder = mkdtempSync(join(tmpdir(), 'watchroom-template-'));
      writeFileSync(join(folder, 'data.json'), JSON.stringify({ status, receiver: 'everybody', externalURL: 'http://alertmanager.example', groupLabels: {}, commonLabels: {}, commonAnnotations: {}, alerts }));
      const { code, output } = await run(amtool, ['template', 'render', `--template.glob=${alertsFolder}templates/*.tmpl`, `--template.data=${folder}/data.json`, `--template.text={{ template "watchroom.${template}" . }}`]);
      rmSync(folder, { recursive: true });
      expect({ code, output }).toMatchObject({ code: 0 });
      return output;
    };

    it('say in the title what happened, to whom, and how bad it is', async () => {
      expect(await rendered('title', [firing('Context of claude in shop is 92% full')])).toBe('WARNING: Context of claude in shop is 92% full');
      expect(await rendered('title', [firing('A'), firing('B'), resolved('C')])).toBe('WARNING: A (and 2 more)');
      expect(await rendered('title', [resolved('A')], 'resolved')).toBe('RESOLVED: A');
    });

    it('read well by their text alone: what, first step, links; a resolved one needs no step', async () => {
      expect(await rendered('text', [firing('A'), resolved('B')])).toBe(`*WARNING: A*
Compact it.
<http://hub.example/rooms/claude/5e55|Open the room>  <http://grafana.example/d/watchroom-session?var-session=a&amp;var-user=b|Dashboard>  <http://git.example/runbook.md#x|What to do>

*RESOLVED: B*
<http://hub.example/rooms/claude/5e55|Open the room>  <http://grafana.example/d/watchroom-session?var-session=a&amp;var-user=b|Dashboard>  <http://git.example/runbook.md#x|What to do>`);
    });

    it('leave out links that lead nowhere', async () => {
      const { labels } = firing('A');
      expect(await rendered('text', [{ status: 'firing', labels, annotations: { summary: 'A', description: 'B.', dashboard_url: '/d/watchroom-session', room_url: '', runbook_url: '#x' } }])).toBe('*WARNING: A*\nB.');
      expect(await rendered('text', [{ status: 'firing', labels, annotations: { summary: 'A', description: 'B.', dashboard_url: 'https://g/d/x' } }])).toBe('*WARNING: A*\nB.\n<https://g/d/x|Dashboard>');
      expect(await rendered('link', [{ status: 'firing', labels, annotations: { dashboard_url: '/d/watchroom-session' } }])).toBe('');
      expect(await rendered('link', [firing('A')])).toBe('http://grafana.example/d/watchroom-session?var-session=a&var-user=b');
    });

    it('cannot be made to ping a channel or to hide a link by the name of a project', async () => {
      const title = await rendered('title', [firing('Context of claude in <!channel> & <http://evil.example|shop> is full')]);
      expect(title).toBe('WARNING: Context of claude in &lt;!channel&gt; &amp; &lt;http://evil.example|shop&gt; is full');
      expect(await rendered('text', [firing('<!here>')])).not.toContain('<!here>');
    });

    it('are red when critical, green when resolved', async () => {
      expect(await rendered('color', [firing('A', { labels: { severity: 'critical' } })])).toBe('danger');
      expect(await rendered('color', [firing('A')])).toBe('warning');
      expect(await rendered('color', [resolved('A')], 'resolved')).toBe('good');
    });
  });
});
