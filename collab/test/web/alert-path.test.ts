import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { alertmanagerConfig } from '../../../alerts/source/alertmanager.ts';
import { startExporter } from '../../../exporter/test/end-to-end/an-exporter.ts';
import { aProcTree, bootedAt } from '../../../exporter/test/processes/a-proc-tree.ts';
import { freePort, requireServer, startPrometheus, until } from '../../../exporter/test/servers.ts';
import type { Prometheus } from '../../../exporter/test/servers.ts';
import { aHome, claudeLine, claudePrompt } from '../../../exporter/test/sweep/a-home.ts';
import { faster } from '../../../test/alerts/faster.ts';
import { alertsFolder, namesIn, textOf } from '../../../test/alerts/the-alerts.ts';
import { startAlertmanager, startReceiver } from '../../../test/servers-alertmanager.ts';
import type { Alertmanager, Receiver } from '../../../test/servers-alertmanager.ts';
import { withExamples } from '../../../test/stack/prometheus-file.ts';
import { hashPassword } from '../../server/auth/password.ts';
import { storedPosts } from '../rooms/stored.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { buildPage, launchBrowser } from './support/browser.ts';

// The whole path on real parts, with the stack's own configuration; only the waiting is shortened, a minute to a second.

const session = '5e551011-0000-4000-8000-00000000a1e7';
const key = `claude/${session}`;
const password = 'a sentence that nobody guesses';
const pid = 77;
/** What waits here is several programs one after the other, on a machine that may be busy. */
const patience = 40_000;

interface SlackMessage { readonly fallback: string; readonly title: string; readonly title_link: string; readonly text: string; readonly color: string; readonly mrkdwn_in: readonly string[] }
interface Silence { readonly id: string; readonly createdBy: string; readonly comment: string; readonly matchers: readonly { readonly name: string; readonly value: string; readonly isRegex: boolean; readonly isEqual: boolean }[]; readonly status: { readonly state: string } }

requireServer('chromium')('from a session that fills up to a person who takes care of it', () => {
  requireServer('prometheus-alertmanager')('with Alertmanager', () => {
    requireServer('prometheus')('and Prometheus', () => {
      const folder = mkdtempSync(join(tmpdir(), 'watchroom-alert-path-'));
      const home = aHome();
      const proc = aProcTree([{ pid: 1, argv: ['/sbin/init'] }]);
      const stops: (() => Promise<unknown>)[] = [];
      let [hub, slack, alertmanager, prometheus, browser, page] = [] as unknown as [TestHub, Receiver, Alertmanager, Prometheus, Browser, Page];
      let transcript = '';
      const complaints: string[] = [];

      const secretFile = (name: string, secret: string): string => {
        const file = join(folder, name);
        writeFileSync(file, `${secret}\n`, { mode: 0o600 });
        return file;
      };
      /** The session's context has this size from now on. */
      const context = (tokens: number): void => appendFileSync(transcript, claudePrompt({ session, at: Date.now() - 1 }) + claudeLine({ session, at: Date.now(), input: tokens - 100 }));
      const toSlack = (): readonly SlackMessage[] => slack.received.filter(({ path }) => path === '/services/T1/B1/secret').flatMap(({ body }) => (JSON.parse(body) as { attachments: SlackMessage[] }).attachments).filter(({ title }) => title.includes('Context of'));
      const roomId = async (): Promise<string> => (await hub.base.store.selectFrom('sessions').select('id').where('session_key', '=', key).executeTakeFirstOrThrow()).id;
      const alertPosts = async () => (await storedPosts(hub, await roomId())).filter(({ props }) => props.alert?.name === 'SessionContextNearlyFull');
      const fromAlertmanager = async <Answer>(path: string): Promise<Answer> => (await (await fetch(`${alertmanager.url}/api/v2${path}`)).json()) as Answer;
      const linkToRoom = (): string => /<(http[^|>]+)\|Open the room>/.exec(toSlack()[0]!.text)![1]!.replaceAll('&amp;', '&');

      /** One step of the path; after one that failed the others are not tried. */
      let lost: string | undefined;
      const step = (title: string, take: () => Promise<void>): void => it(title, async () => {
        if (lost !== undefined) throw new Error(`not tried, because this failed: ${lost}`);
        try {
          await take();
        } catch (error) {
          lost = title;
          await picture(page, 'lost');
          throw error;
        }
      }, patience + 5000);

      beforeAll(async () => {
        buildPage();
        transcript = home.write(`.claude/projects/-home-ada-shop/${session}.jsonl`, claudePrompt({ session, at: Date.now() - 60_000 }) + claudeLine({ session, at: Date.now() - 50_000, input: 900 }));
        proc.add({ pid, argv: ['/usr/bin/claude'], cwd: '/home/ada/shop', startTicks: Math.round((Date.now() - 120_000 - bootedAt) / 10) });
        const [hubPort, alertmanagerPort] = [await freePort(), await freePort()];
        hub = await startTestHub({ publicUrl: `http://127.0.0.1:${hubPort}`, alertmanager: { url: `http://127.0.0.1:${alertmanagerPort}`, pollMs: 250, settleMs: 0 } }, { port: hubPort });
        stops.push(() => hub.stop());
        const ticking = setInterval(() => { hub.clock.now = Date.now(); }, 50);
        stops.push(async () => clearInterval(ticking));
        const { ada, team } = await aTeam(hub);

        slack = await startReceiver();
        stops.push(() => slack.stop());
        const alertToken = (await ada.ask('POST', `/api/v1/teams/${team.id}/alert-tokens`, { name: 'our Alertmanager' })).body.token as string;
        alertmanager = await startAlertmanager({
          port: alertmanagerPort, templates: `${alertsFolder}templates`,
          config: faster(alertmanagerConfig({ slack: { urlFile: secretFile('slack_url', `${slack.url}/services/T1/B1/secret`) }, rooms: { url: `${hub.url}/api/v1/alerts/alertmanager`, tokenFile: secretFile('hub_alert_token', alertToken) } })),
        });
        stops.push(() => alertmanager.stop());
        const agentToken = (await hub.token('agent', ada.userId, team.id)).secret;
        const exporter = await startExporter(['--hub', hub.url, '--token-file', secretFile('hub_agent_token', agentToken), '--home', home.home, '--proc', proc.path, '--state', join(folder, 'state'), '--host-name', 'ada-laptop', '--scan.process-interval', '1s'], {}, 'agent');
        stops.push(() => exporter.stop());
        for (const name of namesIn('rules')) writeFileSync(join(folder, name), faster(textOf(`rules/${name}`)));
        prometheus = await startPrometheus({ config: stackPrometheus({ hub, alertmanager, rules: `${folder}/*.yml`, scrapeTokenFile: secretFile('hub_scrape_token', (await hub.token('scrape', ada.userId)).secret) }), args: ['--rules.alert.resend-delay=1s'] });
        stops.push(() => prometheus.stop());
        browser = await launchBrowser();
        stops.push(() => browser.close());
        page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        page.on('pageerror', (error) => complaints.push(error.message));
        await until(async () => (await prometheus.query(`ai_session_context_used_tokens{session_id="${key}",user_name="ada",host_name="ada-laptop",team="teashop"}`)).length === 1, patience);
      }, 90_000);

      afterAll(async () => {
        for (const stop of stops.reverse()) await stop();
        for (const path of [folder, home.home]) rmSync(path, { recursive: true, force: true });
        proc.delete();
      });

      step('[M7] the session grows, its exporter tells, the provisioned rule fires', async () => {
        context(160_000);
        await until(async () => (await prometheus.query(`ALERTS{alertname="SessionContextNearlyFull",alertstate="firing",session_id="${key}"}`)).length === 1, patience);
      });

      step('[M8] Slack is told in words with links, once', async () => {
        await until(() => toSlack().length > 0, patience);
        const [message, ...more] = toSlack();
        expect(more).toEqual([]);
        expect(message).toMatchObject({ title: 'WARNING: Context of claude in shop of ada is 95.81% full', fallback: 'WARNING: Context of claude in shop of ada is 95.81% full', color: 'warning', mrkdwn_in: expect.arrayContaining(['text']) });
        expect(message!.text).toMatch(/^\*WARNING: Context of claude in shop of ada is 95\.81% full\*\nWhat does not fit is summarised/);
        expect(message!.title_link).toBe(`http://grafana.example/d/watchroom-session?var-session=claude%2F${session}&var-user=ada`);
        expect(linkToRoom()).toBe(`${hub.url}/rooms/${key}`);
      });

      step('[M9] [R10] the alert is one message in the session\'s room', async () => {
        await until(async () => (await alertPosts()).length > 0, patience);
        expect(await alertPosts()).toMatchObject([{ type: 'custom_alert', user_id: 'watchroom', message: 'Context of claude in shop of ada is 95.81% full', props: { alert: { severity: 'warning', status: 'firing', dashboardUrl: toSlack()[0]!.title_link } } }]);
      });

      step('[M6] the link in Slack opens the room: somebody signs in on the way and sees the alert', async () => {
        await page.goto(linkToRoom());
        await page.fill('[name=username]', 'grace');
        await page.fill('[name=password]', password);
        await page.click('button:has-text("Sign in")');
        await page.waitForSelector('.message.alert:has-text("Context of claude in shop of ada is 95.81% full")', { timeout: patience });
        expect(page.url()).toBe(linkToRoom());
        await page.waitForSelector('.message.alert .alert-body.firing >> text=Firing');
        await picture(page, 'firing');
      });

      step('[M9] who takes care of it in the page has silenced exactly this alert, in their name', async () => {
        await page.click('.message.alert button:has-text("I take care of it")');
        await page.waitForSelector('.message.alert:has-text("grace takes care of it")', { timeout: patience });
        await picture(page, 'acked');
        const silences = (await fromAlertmanager<Silence[]>('/silences')).filter(({ status }) => status.state === 'active');
        expect(silences).toMatchObject([{ createdBy: 'Grace Hopper (grace)', comment: expect.stringContaining(`${hub.url}/rooms/${key}?post=`) }]);
        const [labels] = (await prometheus.query(`ALERTS{alertname="SessionContextNearlyFull",session_id="${key}"}`)).map(({ metric: { __name__: _name, alertstate: _state, ...rest } }) => rest);
        expect(Object.fromEntries(silences[0]!.matchers.map(({ name, value }) => [name, value]))).toEqual(labels);
        expect(silences[0]!.matchers.every(({ isEqual, isRegex }) => isEqual && !isRegex)).toBe(true);
        await until(async () => (await fromAlertmanager<{ status: { silencedBy: string[] }; labels: Record<string, string> }[]>('/alerts')).some(({ labels: { alertname }, status: { silencedBy } }) => alertname === 'SessionContextNearlyFull' && silencedBy.includes(silences[0]!.id)), patience);
      });

      step('[M9] [R10] the session ends, the alert is over: the message says so and the silence is gone', async () => {
        proc.remove(pid);
        await page.waitForSelector('.message.alert .alert-body.resolved:has-text("Resolved")', { timeout: patience });
        await page.waitForSelector('.message.alert:has-text("grace took care of it")');
        await page.waitForSelector('.message.alert .replies:has-text("1 answer")');
        expect(await page.locator('.message.alert button:has-text("Give it back")').count()).toBe(0);
        await picture(page, 'resolved');
        await page.click('.message.alert .replies');
        await page.waitForSelector('.thread >> text=/Over after \\d+ (s|min)\\./');
        await until(async () => (await fromAlertmanager<Silence[]>('/silences')).every(({ status }) => status.state === 'expired'), patience);
        expect(await alertPosts()).toMatchObject([{ props: { alert: { status: 'resolved', ackedBy: expect.any(String) } } }]);
        // While it was silent nobody was told again.
        expect(toSlack().filter(({ title }) => title.startsWith('WARNING'))).toHaveLength(1);
      });

      step('the page did not complain', async () => {
        expect(complaints).toEqual([]);
      });
    });
  });
});

/** Ada, whose session it is, and Grace of her team, who has a password. */
const aTeam = async (hub: TestHub) => {
  const team = await hub.team('teashop');
  const ada = await hub.person('ada', { id: team.id, role: 'admin' }, { operator: true });
  const grace = await hub.person('grace', { id: team.id, role: 'member' });
  await hub.base.store.updateTable('users').set({ display_name: 'Grace Hopper', password: await hashPassword(password) }).where('id', '=', grace.userId).execute();
  return { team, ada };
};

/** The stack's prometheus.yml, with the addresses and secrets of here, looking every half second. */
const stackPrometheus = ({ hub, alertmanager, rules, scrapeTokenFile }: { readonly hub: TestHub; readonly alertmanager: Alertmanager; readonly rules: string; readonly scrapeTokenFile: string }): string => {
  const here: Readonly<Record<string, string>> = {
    'scrape_interval: 15s': 'scrape_interval: 500ms', 'evaluation_interval: 15s': 'evaluation_interval: 500ms',
    'alerts/rules/*.yml': rules, 'collab:8877': new URL(hub.url).host, 'alertmanager:9093': alertmanager.address, '/run/secrets/hub_scrape_token': scrapeTokenFile,
    '${WATCHROOM_GRAFANA_URL}': 'http://grafana.example', '${WATCHROOM_RUNBOOK_URL}': 'https://runbook.example/runbook.md',
  };
  return Object.entries(here).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`prometheus.yml has no ${from} any more`);
    return text.replaceAll(from, to);
  }, withExamples());
};

/** For whoever wants to look: ALERT_PATH_PICTURES=<folder>. */
const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ALERT_PATH_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
};
