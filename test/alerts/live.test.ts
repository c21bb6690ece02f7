import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertmanagerConfig } from '../../alerts/source/alertmanager.ts';
import { startExporter } from '../../exporter/test/end-to-end/an-exporter.ts';
import type { RunningExporter } from '../../exporter/test/end-to-end/an-exporter.ts';
import { aProcTree, bootedAt } from '../../exporter/test/processes/a-proc-tree.ts';
import { requireServer, startPrometheus, until } from '../../exporter/test/servers.ts';
import type { Prometheus } from '../../exporter/test/servers.ts';
import { aHome, claudeLine, claudePrompt } from '../../exporter/test/sweep/a-home.ts';
import { startAlertmanager, startReceiver } from '../servers-alertmanager.ts';
import type { Alertmanager, Received, Receiver } from '../servers-alertmanager.ts';
import { faster } from './faster.ts';
import { alertsFolder, namesIn, textOf } from './the-alerts.ts';

const session = '5e551011-0000-4000-8000-000000000001';
const alert = 'SessionContextNearlyFull';

interface WebhookAlert { readonly status: string; readonly labels: Record<string, string>; readonly annotations: Record<string, string>; readonly startsAt: string; readonly fingerprint: string }
interface SlackMessage { readonly title: string; readonly text: string; readonly color: string; readonly title_link: string }

const alertsIn = ({ body }: Received): readonly WebhookAlert[] => (JSON.parse(body) as { alerts: WebhookAlert[] }).alerts;
const messagesIn = ({ received }: Receiver): readonly SlackMessage[] => received.filter(({ path }) => path === '/services/T1/B1/secret').map(({ body }) => (JSON.parse(body) as { attachments: [SlackMessage] }).attachments[0]);

requireServer('prometheus')('on real servers', () => {
  requireServer('prometheus-alertmanager')('exporter → Prometheus → Alertmanager → Slack and webhook', () => {
    const place = aHome();
    const proc = aProcTree([{ pid: 1, argv: ['/sbin/init'] }]);
    const rules = mkdtempSync(join(tmpdir(), 'watchroom-rules-'));
    const started: { stop(): Promise<unknown> }[] = [];
    let [slack, webhook, grafana] = [undefined, undefined, undefined] as unknown as [Receiver, Receiver, Receiver];
    let exporter = undefined as unknown as RunningExporter;
    let prometheus = undefined as unknown as Prometheus;
    let alertmanager = undefined as unknown as Alertmanager;
    let transcript = '';

    const keep = async <Server extends { stop(): Promise<unknown> }>(starting: Promise<Server>): Promise<Server> => {
      const server = await starting;
      started.push(server);
      return server;
    };
    /** The session's context has this size from now on. */
    const context = (tokens: number): void => appendFileSync(transcript, claudePrompt({ session, at: Date.now() - 1 }) + claudeLine({ session, at: Date.now(), input: tokens - 100 }));
    const toldOf = (name: string): readonly WebhookAlert[] => webhook.received.flatMap(alertsIn).filter(({ labels }) => labels.alertname === name);
    /** Messages about the context. (Prometheus finds its targets within five seconds, which are five minutes here: until then it says that it scrapes nobody.) */
    const ofContext = (): readonly SlackMessage[] => messagesIn(slack).filter(({ title }) => title.includes('Context'));
    const seen = (status: RegExp): boolean => ofContext().some(({ title }) => status.test(title));

    beforeAll(async () => {
      transcript = place.write(`.claude/projects/-home-ada-shop/${session}.jsonl`, claudePrompt({ session, at: Date.now() - 60_000 }) + claudeLine({ session, at: Date.now() - 50_000, input: 900 }));
      proc.add({ pid: 77, argv: ['/usr/bin/claude'], cwd: '/home/ada/shop', startTicks: Math.round((Date.now() - 120_000 - bootedAt) / 10) });
      [slack, webhook, grafana] = await Promise.all([keep(startReceiver()), keep(startReceiver()), keep(startReceiver())]);
      writeFileSync(join(rules, 'slack_url'), `${slack.url}/services/T1/B1/secret\n`);
      for (const name of namesIn('rules')) writeFileSync(join(rules, name), faster(textOf(`rules/${name}`)));
      [exporter, alertmanager] = await Promise.all([
        startExporter(['--home', place.home, '--proc', proc.path, '--state', join(place.home, 'state'), '--scan.process-interval', '1s', '--hub.url', grafana.url]),
        keep(startAlertmanager({ config: faster(alertmanagerConfig({ slack: { urlFile: join(rules, 'slack_url') }, webhook: { url: `${webhook.url}/alerts` } })), templates: `${alertsFolder}templates` })),
      ]);
      prometheus = await keep(startPrometheus({
        config: `global:
  scrape_interval: 500ms
  scrape_timeout: 450ms
  evaluation_interval: 500ms
  external_labels: {grafana_url: '${grafana.url}', runbook_url: '${grafana.url}/alerts/runbook.md'}
rule_files: ['${rules}/*.yml']
alerting:
  alert_relabel_configs: [{action: labeldrop, regex: grafana_url|runbook_url}]
  alertmanagers: [{static_configs: [{targets: ['${alertmanager.address}']}]}]
scrape_configs: [{job_name: watchroom, static_configs: [{targets: ['${new URL(exporter.url).host}']}]}]
`,
        args: ['--rules.alert.resend-delay=1s'],
      }));
      await until(async () => (await prometheus.query('ai_session_context_used_tokens')).length === 1, 20_000);
    }, 60_000);

    afterAll(async () => {
      if (exporter.process.signalCode === null) await exporter.stop('SIGKILL');
      await Promise.all(started.map((server) => server.stop()));
      for (const folder of [place.home, rules]) rmSync(folder, { recursive: true, force: true });
      proc.delete();
    });

    it('a session that fills its context is told in Slack and to the webhook, once', async () => {
      context(160_000);
      await until(() => toldOf(alert).length > 0 && seen(/^WARNING: Context/), 20_000);
      const [told] = toldOf(alert);
      expect(told).toMatchObject({ status: 'firing', labels: { alertname: alert, severity: 'warning', area: 'session', session_id: `claude/${session}`, tool: 'claude', job: 'watchroom' }, annotations: { summary: 'Context of claude in shop is 95.81% full' } });
      expect(told!.labels).not.toHaveProperty('grafana_url');
      const [message] = ofContext();
      expect(message).toMatchObject({ title: 'WARNING: Context of claude in shop is 95.81% full', color: 'warning' });
      expect(message!.text).toContain('*WARNING: Context of claude in shop is 95.81% full*\nWhat does not fit is summarised');
    });

    it('its links work: to the room, to the dashboard of this session, and to the entry of the runbook', async () => {
      const [told] = toldOf(alert);
      const [message] = ofContext();
      const links = [...message!.text.matchAll(/<(http[^|>]+)\|([^>]+)>/g)].map(([, url, label]) => [label, url!.replaceAll('&amp;', '&')]);
      expect(Object.fromEntries(links)).toEqual({
        'Open the room': `${grafana.url}/rooms/claude/${session}`,
        Dashboard: `${grafana.url}/d/watchroom-session?var-session=claude%2F${session}`,
        'What to do': `${grafana.url}/alerts/runbook.md#sessioncontextnearlyfull`,
      });
      expect(links.map(([, url]) => url)).toEqual([told!.annotations.room_url, told!.annotations.dashboard_url, told!.annotations.runbook_url]);
      expect(message!.title_link).toBe(told!.annotations.dashboard_url);
      for (const [, url] of links) expect((await fetch(url!)).ok).toBe(true);
      expect(new URL(told!.annotations.dashboard_url!).searchParams.get('var-session')).toBe((await prometheus.query('ai_session_info'))[0]!.metric.session_id);
      expect(grafana.received.map(({ path }) => path)).toContain((await prometheus.query('ai_session_info'))[0]!.metric.room_url!.slice(grafana.url.length));
    });

    it('is reported as resolved when the cause is gone', async () => {
      context(20_000);
      await until(() => toldOf(alert).some(({ status }) => status === 'resolved') && seen(/^RESOLVED: Context/), 30_000);
      expect(ofContext().at(-1)).toMatchObject({ color: 'good' });
    }, 40_000);

    it('an exporter that fails does not make its sessions look recovered: no "resolved" while it cannot be seen', async () => {
      context(165_000);
      const before = toldOf(alert).length;
      await until(() => toldOf(alert).slice(before).some(({ status }) => status === 'firing'), 20_000);
      const beforeKill = { told: toldOf(alert).length, messages: messagesIn(slack).length };
      await exporter.stop('SIGKILL');
      await until(() => toldOf('WatchroomExporterDown').length > 0, 20_000);
      // The session's alert ends in Prometheus, because nobody speaks of the session any more …
      await until(async () => (await prometheus.query(`ALERTS{alertname="${alert}"}`)).length === 0, 20_000);
      // … and for longer than a group interval nobody is told so.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(toldOf(alert).slice(beforeKill.told).filter(({ status }) => status === 'resolved')).toEqual([]);
      // Slack hears of the exporter; that the session's alert still fires may be told again, its end is not.
      const titles = messagesIn(slack).slice(beforeKill.messages).map(({ title }) => title);
      expect(titles).toContainEqual(expect.stringMatching(/^WARNING: watchroom at .* cannot be scraped$/));
      expect(titles.filter((title) => !title.startsWith('WARNING: '))).toEqual([]);
    }, 60_000);
  });
});
