import { z } from 'zod';
import { defaultHealth } from '../health/settings.ts';
import { healthFactors } from '../session/health-type.ts';
import { tools } from '../session/tool.ts';
import { weekDays } from '../session/week-day.ts';
import { choice, duration, list, listenAddress, pattern, structure, text, timeZone, webUrl, wholeNumber, yesOrNo } from './kinds.ts';
import { budgetsSchema, curvesSchema, mapOf, pricesSchema, thresholdsSchema, weightsSchema } from './shapes.ts';

/** One thing a person can decide, in every way it can be said. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Its place in the configuration file; absent: only by flag or variable. */
  readonly key?: string;
  /** As commander wants it; absent: no flag. */
  readonly flag?: string;
  readonly variable: string;
  /** As one would write it in the file; undefined: unset. */
  readonly default: unknown;
  /** What a table or a template shows for a default that is decided at run time. */
  readonly defaultText?: string;
  /** One line. */
  readonly help: string;
  /** What the flag does, where that is the opposite. @default help */
  readonly flagHelp?: string;
  /** The command that takes the flag. @default the exporter */
  readonly command?: 'hub' | 'agent';
  /** A value to show in an error and in the template. @default the default */
  readonly example?: string;
  readonly schema: Schema;
}

const setting = <Schema extends z.ZodType>(row: Setting<Schema>): Setting<Schema> => row;
const tool = () => choice(tools);
/** Sections of the metric catalogue, as docs/metrics.md has them. */
export const metricGroups = ['session', 'fleet', 'exporter', 'process'] as const;
export type MetricGroup = (typeof metricGroups)[number];

/**
 * Every setting, once. The flags of the program, the variables, the schema of the file, its template and the table in
 * docs/configuration.md are made from these rows. Precedence: flag > variable > file > default.
 */
export const settings = {
  // Where to look. These decide which configuration file is read, so they cannot stand in it.
  home: setting({
    flag: '--home <dir>', variable: 'WATCHROOM_HOME', default: undefined, defaultText: 'your home folder', schema: text().optional(), example: './examples/home',
    help: 'look at the sessions below this home folder; its counts go to a throw-away ledger unless --state is given',
  }),
  proc: setting({
    flag: '--proc <dir>', variable: 'WATCHROOM_PROC', default: undefined, defaultText: '/proc on Linux', schema: text().optional(), example: './examples/proc',
    help: 'read the process table from this copy of /proc; throw-away ledger as with --home',
  }),
  configFile: setting({
    flag: '--config <file>', variable: 'WATCHROOM_CONFIG', default: undefined, defaultText: 'the usual place', schema: text().optional(), example: './watchroom.yaml',
    help: 'configuration file',
  }),
  stateFolder: setting({
    key: 'state', flag: '--state <dir>', variable: 'WATCHROOM_STATE', default: undefined, defaultText: 'the usual place', schema: text().optional(), example: '~/.local/state/watchroom',
    help: 'folder of the ledger, the memory of what has been counted',
  }),

  // The web server.
  listen: setting({
    key: 'web.listen_address', flag: '--web.listen-address <address>', variable: 'WATCHROOM_WEB_LISTEN_ADDRESS', default: '127.0.0.1:10877', schema: listenAddress(),
    help: 'address of /metrics and of the page; ":10877" listens on all interfaces',
  }),
  webConfigFile: setting({
    key: 'web.config_file', flag: '--web.config.file <file>', variable: 'WATCHROOM_WEB_CONFIG_FILE', default: undefined, schema: text().optional(), example: '/etc/watchroom/web.yml',
    help: 'TLS and passwords, in the web configuration format of Prometheus exporters',
  }),
  allowedHosts: setting({
    key: 'web.allowed_hosts', flag: '--web.allowed-hosts <names>', variable: 'WATCHROOM_WEB_ALLOWED_HOSTS', default: [], schema: list(text()), example: '[dev-box.example]',
    help: 'further host names a request may ask for; others are refused against DNS rebinding',
  }),

  // What is exported.
  exportWindowMs: setting({
    key: 'export.window', flag: '--export.window <duration>', variable: 'WATCHROOM_EXPORT_WINDOW', default: '24h', schema: duration('1m'),
    help: 'sessions active within this time are exported one by one',
  }),
  exportLimit: setting({
    key: 'export.limit', flag: '--export.limit <sessions>', variable: 'WATCHROOM_EXPORT_LIMIT', default: 1000, schema: wholeNumber(1),
    help: 'at most so many sessions are exported one by one, the most recent first',
  }),
  exposeSessions: setting({
    key: 'export.expose_sessions', flag: '--expose-sessions', variable: 'WATCHROOM_EXPORT_EXPOSE_SESSIONS', default: false, schema: yesOrNo(),
    help: 'serve the ai_* series here although this machine reports to a hub, which serves them too',
  }),
  topProjects: setting({
    key: 'top.projects', flag: '--top.projects <number>', variable: 'WATCHROOM_TOP_PROJECTS', default: 50, schema: wholeNumber(1),
    help: 'projects with a label of their own in fleet counters; the rest is "other"',
  }),
  topTools: setting({
    key: 'top.tools', flag: '--top.tools <number>', variable: 'WATCHROOM_TOP_TOOLS', default: 20, schema: wholeNumber(1),
    help: 'tool names with a label of their own; the rest is "other"',
  }),
  metricsWithout: setting({
    key: 'metrics.without', flag: '--metrics.without <groups>', variable: 'WATCHROOM_METRICS_WITHOUT', default: [], schema: list(choice(metricGroups)), example: '[process]',
    help: `groups of metrics that no scrape shows; also --no-collector.<group> (${metricGroups.join(', ')})`,
  }),
  titleLabel: setting({
    key: 'metrics.labels.title', flag: '--metrics.labels.title', variable: 'WATCHROOM_METRICS_LABELS_TITLE', default: false, schema: yesOrNo(),
    help: 'put session titles into ai_session_info; they may tell what people work on',
  }),
  pathMode: setting({
    key: 'paths.mode', flag: '--paths.mode <mode>', variable: 'WATCHROOM_PATHS_MODE', default: 'full', schema: choice(['full', 'basename', 'hash']),
    help: 'how working folders and files are kept in the ledger and shown: full, basename or hash (never in /metrics, which have the project name only)',
  }),
  hubUrl: setting({
    key: 'hub.url', flag: '--hub.url <url>', variable: 'WATCHROOM_HUB_URL', default: undefined, schema: webUrl().optional(), example: 'https://watchroom.example:8877',
    help: 'base URL of the collaboration service, for the links to session rooms',
  }),

  // The hub.
  hubLocal: setting({
    key: 'hub.local', flag: '--no-hub', variable: 'WATCHROOM_HUB_LOCAL', default: true, schema: yesOrNo(),
    help: 'whether the exporter runs a hub beside itself, for this machine and its user alone (where the package @watchroom/collab is installed)', flagHelp: 'do not run a hub for this machine alone beside the exporter',
  }),
  hubListen: setting({
    command: 'hub', key: 'hub.listen', flag: '--listen <address>', variable: 'WATCHROOM_HUB_LISTEN', default: '127.0.0.1:8877', schema: listenAddress(),
    help: 'address of the hub; ":8877" listens on all interfaces (put TLS before it)',
  }),
  hubData: setting({
    command: 'hub', key: 'hub.data', flag: '--data <dir>', variable: 'WATCHROOM_HUB_DATA', default: undefined, defaultText: 'hub below the state folder', schema: text().optional(), example: '/var/lib/watchroom/hub',
    help: 'folder of the hub: accounts, teams, sessions, keys',
  }),
  hubPublicUrl: setting({
    command: 'hub', key: 'hub.public_url', flag: '--public-url <url>', variable: 'WATCHROOM_HUB_PUBLIC_URL', default: undefined, defaultText: 'the address it listens on', schema: webUrl().optional(), example: 'https://watchroom.example',
    help: 'address under which people and agents reach the hub; links, invites and sign-on go there',
  }),
  hubAllowedHosts: setting({
    command: 'hub', key: 'hub.allowed_hosts', flag: '--allowed-hosts <names>', variable: 'WATCHROOM_HUB_ALLOWED_HOSTS', default: [], schema: list(text()), example: '[hub.internal]',
    help: 'further host names the hub answers to; others are refused against DNS rebinding',
  }),
  hubTrustProxy: setting({
    command: 'hub', key: 'hub.trust_proxy', flag: '--trust-proxy <number>', variable: 'WATCHROOM_HUB_TRUST_PROXY', default: 0, schema: wholeNumber(),
    help: 'how many proxies stand before the hub and set X-Forwarded-For; 0 believes no such header',
  }),
  hubSeriesPerUser: setting({
    command: 'hub', key: 'hub.series_per_user', flag: '--series-per-user <number>', variable: 'WATCHROOM_HUB_SERIES_PER_USER', default: 50_000, schema: wholeNumber(1),
    help: 'at most so many session series of one user in the hub\'s /metrics',
  }),
  hubSeries: setting({
    command: 'hub', key: 'hub.series', flag: '--series-per-hub <number>', variable: 'WATCHROOM_HUB_SERIES', default: 200_000, schema: wholeNumber(1),
    help: 'at most so many session series in the hub\'s /metrics',
  }),
  hubSigningKeyFile: setting({
    command: 'hub', key: 'hub.signing_key_file', flag: '--signing-key-file <file>', variable: 'WATCHROOM_HUB_SIGNING_KEY_FILE', default: undefined, defaultText: 'keys of its own in the data folder', schema: text().optional(), example: '/run/secrets/hub_signing_key',
    help: 'private JWK (ES256) that signs the hub\'s tokens, instead of keys it makes and renews itself',
  }),
  hubAdminPasswordFile: setting({
    command: 'hub', key: 'hub.admin_password_file', flag: '--admin-password-file <file>', variable: 'WATCHROOM_HUB_ADMIN_PASSWORD_FILE', default: undefined, defaultText: 'a set-up link is printed', schema: text().optional(), example: '/run/secrets/hub_admin_password',
    help: 'password of the account "admin", which a hub without accounts then makes at its start; for stacks that are set up before their hub runs',
  }),
  hubFirstTeam: setting({
    command: 'hub', key: 'hub.first_team', flag: '--first-team <name>', variable: 'WATCHROOM_HUB_FIRST_TEAM', default: 'team', schema: text(),
    help: 'the team that goes with --admin-password-file',
  }),
  hubScrapeTokenFile: setting({
    command: 'hub', key: 'hub.scrape_token_file', flag: '--scrape-token-file <file>', variable: 'WATCHROOM_HUB_SCRAPE_TOKEN_FILE', default: undefined, schema: text().optional(), example: '/run/secrets/hub_scrape_token',
    help: 'a scrape token (wrs_…) the hub takes as the first operator\'s, for all teams',
  }),
  hubAgentTokenFile: setting({
    command: 'hub', key: 'hub.agent_token_file', flag: '--agent-token-file <file>', variable: 'WATCHROOM_HUB_AGENT_TOKEN_FILE', default: undefined, schema: text().optional(), example: '/run/secrets/hub_agent_token',
    help: 'an agent token (wra_…) the hub takes as the first operator\'s, for their first team',
  }),
  hubAlertTokenFile: setting({
    command: 'hub', key: 'hub.alert_token_file', flag: '--alert-token-file <file>', variable: 'WATCHROOM_HUB_ALERT_TOKEN_FILE', default: undefined, schema: text().optional(), example: '/run/secrets/hub_alert_token',
    help: 'a token (wrm_…) with which an Alertmanager may tell the first team\'s rooms of alerts',
  }),
  hubAlertmanagerUrl: setting({
    command: 'hub', key: 'hub.alertmanager.url', flag: '--alertmanager.url <url>', variable: 'WATCHROOM_HUB_ALERTMANAGER_URL', default: undefined, schema: webUrl().optional(), example: 'http://alertmanager:9093',
    help: 'address of the Alertmanager: an alert that somebody acknowledges in a room is silenced there',
  }),
  hubGrafanaUrl: setting({
    command: 'hub', key: 'hub.grafana.url', flag: '--grafana.url <url>', variable: 'WATCHROOM_HUB_GRAFANA_URL', default: undefined, schema: webUrl().optional(), example: 'https://grafana.example',
    help: 'address of Grafana as people open it: rooms link to the dashboard of their session',
  }),
  hubOidcIssuer: setting({
    command: 'hub', key: 'hub.oidc.issuer', flag: '--oidc.issuer <url>', variable: 'WATCHROOM_HUB_OIDC_ISSUER', default: undefined, schema: webUrl().optional(), example: 'https://login.example/realms/main',
    help: 'single sign-on: the OpenID Connect provider',
  }),
  hubOidcClientId: setting({
    command: 'hub', key: 'hub.oidc.client_id', flag: '--oidc.client-id <id>', variable: 'WATCHROOM_HUB_OIDC_CLIENT_ID', default: undefined, schema: text().optional(), example: 'watchroom',
    help: 'single sign-on: the hub\'s name at the provider',
  }),
  hubOidcClientSecretFile: setting({
    command: 'hub', key: 'hub.oidc.client_secret_file', flag: '--oidc.client-secret-file <file>', variable: 'WATCHROOM_HUB_OIDC_CLIENT_SECRET_FILE', default: undefined, schema: text().optional(), example: '/run/secrets/oidc_client_secret',
    help: 'single sign-on: file with the hub\'s secret at the provider; a public client has none',
  }),
  hubOidcName: setting({
    command: 'hub', key: 'hub.oidc.name', flag: '--oidc.name <name>', variable: 'WATCHROOM_HUB_OIDC_NAME', default: 'single sign-on', schema: text(),
    help: 'single sign-on: what the button says',
  }),

  // The agent.
  agentTokenFile: setting({
    command: 'agent', key: 'agent.token_file', flag: '--token-file <file>', variable: 'WATCHROOM_AGENT_TOKEN_FILE', default: undefined, schema: text().optional(), example: '~/.config/watchroom/token',
    help: 'file with the token that the hub made for this agent; the variable WATCHROOM_TOKEN and --token win over it',
  }),
  agentAllow: setting({
    command: 'agent', key: 'agent.allow', flag: '--allow <commands>', variable: 'WATCHROOM_AGENT_ALLOW', default: [], schema: list(choice(['export', 'stop', 'stop=ask'])), example: '[stop=ask, export]',
    help: 'what members of the team may ask of this agent: export (report a session again, whole), stop (end its process), stop=ask (ask you first)',
  }),
  shareTitles: setting({
    command: 'agent', key: 'agent.share_titles', flag: '--share-titles', variable: 'WATCHROOM_AGENT_SHARE_TITLES', default: false, schema: yesOrNo(),
    help: 'tell the hub the titles of sessions; they may tell what people work on',
  }),

  agentHostName: setting({
    command: 'agent', key: 'agent.host_name', flag: '--host-name <name>', variable: 'WATCHROOM_AGENT_HOST_NAME', default: undefined, schema: text().optional(), example: 'build-3',
    help: 'what this machine is called at the hub, where its own name says little (containers); unset: its host name',
  }),

  // Where sessions are found.
  disabledTools: setting({
    key: 'tools.disabled', flag: '--disable <tools>', variable: 'WATCHROOM_TOOLS_DISABLED', default: [], schema: list(tool()), example: '[cursor, windsurf]',
    help: `tools that are left alone; also --no-collector.<tool> (${tools.join(', ')})`,
  }),
  searchExclude: setting({
    key: 'search.exclude', variable: 'WATCHROOM_SEARCH_EXCLUDE', default: [], schema: list(text()), example: '[~/work/secret]',
    help: 'folders whose sessions and transcripts are not in the index of watchroom search; what was indexed before goes',
  }),
  searchBackground: setting({
    key: 'search.background', variable: 'WATCHROOM_SEARCH_BACKGROUND', default: true, schema: yesOrNo(),
    help: 'whether a running exporter keeps the index of watchroom search current; without a yes to watchroom search there is none',
  }),
  roots: setting({
    key: 'roots', variable: 'WATCHROOM_ROOTS', default: {}, example: '{claude: [/mnt/backup/.claude]}',
    schema: structure(z.partialRecord(tool(), z.array(text(), { error: 'a list of folders' }).readonly(), { error: mapOf(tools) })),
    help: 'folders to look at besides the usual ones, by tool',
  }),
  processPatterns: setting({
    key: 'processes.patterns', variable: 'WATCHROOM_PROCESSES_PATTERNS', default: {}, example: '{aider: [my-aider]}',
    schema: structure(z.partialRecord(tool(), z.array(pattern(), { error: 'a list of regular expressions' }).readonly(), { error: mapOf(tools) })),
    help: 'names of programs (regular expressions of the whole name) that belong to a tool, besides the built-in ones',
  }),
  processIntervalMs: setting({
    key: 'scan.process_interval', flag: '--scan.process-interval <duration>', variable: 'WATCHROOM_SCAN_PROCESS_INTERVAL', default: '5s', schema: duration('1s'),
    help: 'how often the process table is looked at',
  }),
  pollIntervalMs: setting({
    key: 'scan.poll_interval', flag: '--scan.poll-interval <duration>', variable: 'WATCHROOM_SCAN_POLL_INTERVAL', default: '30s', schema: duration('1s'),
    help: 'how often folders are looked at that the system does not watch for us',
  }),
  idleLimitMs: setting({
    key: 'idle_limit', flag: '--idle-limit <duration>', variable: 'WATCHROOM_IDLE_LIMIT', default: '15m', schema: duration('1m'),
    help: 'a session that nobody has touched for longer is idle',
  }),

  // What is made of them.
  healthWeights: setting({
    key: 'health.weights', variable: 'WATCHROOM_HEALTH_WEIGHTS', default: defaultHealth.weights, schema: structure(weightsSchema), example: `{${healthFactors[0]}: 0.5}`,
    help: 'weight of each factor of the health score',
  }),
  healthCurves: setting({
    key: 'health.curves', variable: 'WATCHROOM_HEALTH_CURVES', default: defaultHealth.curves, schema: structure(curvesSchema), example: '{duration: [[4, 1], [8, 0.4], [24, 0.1]]}',
    help: 'factor (0–1) by context ratio, hours, idle minutes and errors; points [measure, factor], linear in between',
  }),
  healthThresholds: setting({
    key: 'health.thresholds', variable: 'WATCHROOM_HEALTH_THRESHOLDS', default: defaultHealth.thresholds, schema: structure(thresholdsSchema), example: '{healthy: 70, warning: 40}',
    help: 'scores from which a session is healthy, and from which it is only a warning',
  }),
  prices: setting({
    key: 'prices', variable: 'WATCHROOM_PRICES', default: {}, schema: structure(pricesSchema), example: '{my-model: {input: 3, output: 15}}',
    help: 'US dollars per million tokens by model, before the built-in table',
  }),
  budgets: setting({
    key: 'budgets', variable: 'WATCHROOM_BUDGETS', default: [], schema: structure(budgetsSchema), example: '[{scope: project, name: shop, period: month, usd: 500}]',
    help: 'budgets of this user, a project, a tool or all, by day, week or month, in usd or tokens; exported as ai_budget_* (docs/budgets.md)',
  }),
  weekStart: setting({
    key: 'week_start', variable: 'WATCHROOM_WEEK_START', default: 'monday', schema: choice(weekDays), example: 'sunday',
    help: 'the day on which weeks begin',
  }),
  timezone: setting({
    key: 'timezone', flag: '--timezone <name>', variable: 'WATCHROOM_TIMEZONE', default: 'local', schema: timeZone(), example: 'Europe/Berlin',
    help: 'time zone of days, weeks and months; local is that of the machine',
  }),

  // Watchroom itself.
  openBrowser: setting({
    key: 'open', flag: '--no-open', variable: 'WATCHROOM_OPEN', default: true, schema: yesOrNo(),
    help: 'whether the exporter opens its page in the browser when it starts', flagHelp: 'do not open the page in the browser',
  }),
  logLevel: setting({
    key: 'log.level', flag: '--log.level <level>', variable: 'WATCHROOM_LOG_LEVEL', default: 'info', schema: choice(['debug', 'info', 'warn', 'error', 'silent']),
    help: 'debug, info, warn, error or silent',
  }),
  logFormat: setting({
    key: 'log.format', flag: '--log.format <format>', variable: 'WATCHROOM_LOG_FORMAT', default: 'text', schema: choice(['text', 'json']),
    help: 'text or json (one object a line)',
  }),
} as const;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as readonly SettingName[];
/** The row of a setting, without the type of its value. */
export const settingOf = (name: SettingName): Setting => settings[name];
/** Every key of the configuration file. */
export const settingKeys: readonly string[] = settingNames.flatMap((name) => settingOf(name).key ?? []);

/** All settings, decided and checked. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };
