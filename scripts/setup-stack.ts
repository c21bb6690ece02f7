// Makes what docker-compose.yml needs: npm run setup:stack [-- --slack-url URL] (docs/stack.md). `--check` changes nothing and says what is missing.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problemsOf } from './setup-stack/check.ts';
import { setUpStack } from './setup-stack/make.ts';
import { readChoices } from './setup-stack/choices.ts';
import type { Host } from './setup-stack/host.ts';
import { browserAddressOf } from './setup-stack/runbook-address.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));

const said = (command: string, args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
};

const runbookUrl = browserAddressOf(said('git', ['remote', 'get-url', 'origin']), 'alerts/runbook.md');
const composeVersion = said('docker', ['compose', 'version', '--short']);
const host: Host = {
  platform: process.platform,
  home: homedir(),
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  dockerDesktop: said('docker', ['info', '--format', '{{.OperatingSystem}}']) === 'Docker Desktop',
  ...(process.getuid && process.getgid ? { user: { uid: process.getuid(), gid: process.getgid() } } : {}),
  ...(process.env.SUDO_USER === undefined ? {} : { sudoUser: process.env.SUDO_USER }),
  ...(composeVersion === undefined ? {} : { composeVersion }),
  ...(runbookUrl === undefined ? {} : { runbookUrl }),
};

const askForSlack = async (): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Slack: address of an incoming webhook (Enter: no Slack messages): ');
  terminal.close();
  return answer.trim();
};

const help = `npm run setup:stack -- [options]

  --slack-url URL      incoming webhook of Slack that gets the alerts
  --webhook-url URL    any program that takes Alertmanager's JSON, as Alertmanager's container reaches it
  --exporter WHERE     where this machine's exporter runs: agent (reports to the hub), container (scraped by Prometheus),
                       host (beside Docker) or none (a pure team server)
  --check              change nothing, say what is missing
  --help               this`;

try {
  const { values } = parseArgs({ options: { 'slack-url': { type: 'string' }, 'webhook-url': { type: 'string' }, exporter: { type: 'string' }, check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) console.log(help);
  else {
    if (!values.check) {
      const choices = readChoices({ slackUrl: values['slack-url'], webhookUrl: values['webhook-url'], exporter: values.exporter });
      const { steps, next } = await setUpStack({ folder, host, choices, ...(process.stdin.isTTY ? { askForSlack } : {}) });
      for (const { did, path, why } of steps) console.log(`${did.padEnd(7)} ${path.padEnd(38)} ${why}`);
      console.log(`\n${next}\n`);
    }
    const problems = problemsOf(folder, host);
    for (const problem of problems) console.error(`Missing: ${problem}`);
    if (values.check && problems.length === 0) console.log('Nothing is missing: docker compose up --detach --build');
    process.exitCode = values.check && problems.length > 0 ? 1 : 0;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
