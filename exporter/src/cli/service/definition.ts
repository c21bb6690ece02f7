import { posix, win32 } from 'node:path';
import type { Machine } from '../../files/machine.ts';

/** How this system starts a program when its user logs in. */
export interface ServiceDefinition {
  readonly kind: 'systemd user unit' | 'launch agent' | 'scheduled task';
  readonly file: string;
  readonly text: string;
  /** Run after the file is written, in this order. */
  readonly install: readonly Command[];
  /** Run before the file is deleted; a failure stops nothing. */
  readonly remove: readonly Command[];
  /** Run after it is deleted. */
  readonly afterwards: readonly Command[];
  readonly status: Command;
  readonly hint?: string;
}

export type Command = readonly [program: string, ...args: string[]];

export interface ServiceAsk {
  readonly machine: Machine;
  readonly uid: number;
  /** The Node that runs this, and the program's entry. */
  readonly node: string;
  readonly script: string;
  /** Of `watchroom exporter`. */
  readonly args: readonly string[];
}

/** Only a file that has this is ever overwritten or deleted. */
export const ourMark = 'Made by watchroom service install';

export const serviceDefinition = (ask: ServiceAsk): ServiceDefinition => {
  switch (ask.machine.platform) {
    case 'darwin': return launchAgent(ask);
    case 'win32': return scheduledTask(ask);
    default: return systemdUnit(ask);
  }
};

const commandLine = ({ node, script, args }: ServiceAsk): readonly string[] => [node, script, 'exporter', '--no-open', ...args];

const systemdUnit = (ask: ServiceAsk): ServiceDefinition => {
  const { home, env } = ask.machine;
  const systemctl = (...args: readonly string[]): Command => ['systemctl', '--user', ...args];
  return {
    kind: 'systemd user unit',
    file: posix.join(env['XDG_CONFIG_HOME'] || posix.join(home, '.config'), 'systemd', 'user', 'watchroom.service'),
    text: `# ${ourMark}; watchroom service remove takes it away.
[Unit]
Description=Watchroom: metrics of this user's AI coding sessions

[Service]
ExecStart=${[...commandLine(ask), '--log.format', 'json'].map(systemdWord).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10
NoNewPrivileges=yes
Nice=10

[Install]
WantedBy=default.target
`,
    install: [systemctl('daemon-reload'), systemctl('enable', '--now', 'watchroom.service')],
    remove: [systemctl('disable', '--now', 'watchroom.service')],
    afterwards: [systemctl('daemon-reload')],
    status: systemctl('is-active', 'watchroom.service'),
    hint: 'It ends when you log out; to let it go on: loginctl enable-linger. Its log: journalctl --user -u watchroom',
  };
};

/** systemd.service(5): % begins a specifier and $ a variable. */
const systemdWord = (word: string): string => {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
};

const label = 'dev.watchroom.exporter';

const launchAgent = (ask: ServiceAsk): ServiceDefinition => {
  const file = posix.join(ask.machine.home, 'Library', 'LaunchAgents', `${label}.plist`);
  const domain = `gui/${ask.uid}`;
  const log = posix.join(ask.machine.home, 'Library', 'Logs', 'watchroom.log');
  return {
    kind: 'launch agent', file,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${ourMark}; watchroom service remove takes it away. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${commandLine(ask).map((word) => `    <string>${xml(word)}</string>`).join('\n')}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ProcessType</key><string>Background</string>
  <key>StandardOutPath</key><string>${xml(log)}</string>
  <key>StandardErrorPath</key><string>${xml(log)}</string>
</dict>
</plist>
`,
    install: [['launchctl', 'bootstrap', domain, file]],
    remove: [['launchctl', 'bootout', `${domain}/${label}`]],
    afterwards: [],
    status: ['launchctl', 'print', `${domain}/${label}`],
    hint: `Its log: ${log}`,
  };
};

const task = 'Watchroom';

const scheduledTask = (ask: ServiceAsk): ServiceDefinition => {
  const { home, env } = ask.machine;
  const file = win32.join(env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local'), 'watchroom', 'service.xml');
  const [program = '', ...rest] = commandLine(ask);
  return {
    kind: 'scheduled task', file,
    text: `<?xml version="1.0"?>
<!-- ${ourMark}; watchroom service remove takes it away. -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Watchroom: metrics of this user's AI coding sessions</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <Priority>8</Priority>
  </Settings>
  <Actions><Exec><Command>${xml(program)}</Command><Arguments>${xml(rest.map(windowsWord).join(' '))}</Arguments></Exec></Actions>
</Task>
`,
    install: [['schtasks', '/Create', '/TN', task, '/XML', file, '/F'], ['schtasks', '/Run', '/TN', task]],
    remove: [['schtasks', '/End', '/TN', task], ['schtasks', '/Delete', '/TN', task, '/F']],
    afterwards: [],
    status: ['schtasks', '/Query', '/TN', task],
  };
};

/** As CommandLineToArgvW takes it apart. */
const windowsWord = (word: string): string => (/^[^\s"]+$/.test(word) ? word : `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`);

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
