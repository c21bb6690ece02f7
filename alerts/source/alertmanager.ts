/** Where alerts go. Paths and addresses are those that Alertmanager sees. */
export interface Delivery {
  /** Slack, by an incoming webhook whose URL stands in a file. */
  readonly slack?: { readonly urlFile: string };
  /** Any program that takes Alertmanager's JSON. */
  readonly webhook?: Webhook;
  /** The rooms of the sessions: the hub takes the same JSON. */
  readonly rooms?: Webhook;
  /** Teams (label `team`) with a Slack channel of their own; their alerts go there instead, and to the webhooks as well. */
  readonly teams?: readonly { readonly team: string; readonly slackUrlFile: string }[];
}

export interface Webhook {
  readonly url: string;
  /** A file with the bearer token it wants. */
  readonly tokenFile?: string;
}

/**
 * The text of Alertmanager's configuration for these receivers, valid from 0.25 on. Without any of them alerts are seen in
 * Alertmanager, Prometheus and Grafana only. (A webhook's URL stands in the file itself: `url_file` came with 0.26.)
 */
export const alertmanagerConfig = (delivery: Delivery): string => {
  const teams = delivery.teams ?? [];
  return [
    heading,
    route(teams.map(({ team }) => team)),
    inhibition,
    'receivers:',
    receiver('everybody', delivery, delivery.slack?.urlFile),
    ...teams.map(({ team, slackUrlFile }) => receiver(receiverOf(team), delivery, slackUrlFile)),
    ...(delivery.webhook ? [] : [webhookPlace]),
    ...(delivery.rooms ? [] : [roomsPlace]),
    ...(teams.length > 0 ? [] : [teamsPlace]),
    `templates: ['templates/*.tmpl']\n`,
  ].join('\n');
};

const heading = `# Made by \`node alerts/generate.ts\` from alerts/source/alertmanager.ts; \`npm run setup:stack\` writes one for what you choose (docs/alerts.md).
# Valid from Alertmanager 0.25 on. Check your changes: amtool check-config FILE
`;

const identity = 'job, instance, team, host_name, user_name, session_id';

const route = (teams: readonly string[]): string => `route:
  receiver: everybody
  # One message per session, however many of its alerts fire; what is no session's goes together by machine.
  group_by: [${identity}]
  group_wait: 15s
  group_interval: 2m
  repeat_interval: 12h
  routes:
${teams.map((team) => `    - matchers: [${quoted(`team="${team.replace(/["\\]/g, '\\$&')}"`)}]\n      receiver: ${quoted(receiverOf(team))}\n      routes:\n${bySeverity(8)}`).join('')}${bySeverity(4)}`;

const bySeverity = (indent: number): string => {
  const pad = ' '.repeat(indent);
  return `${pad}- matchers: [severity="critical"]
${pad}  group_wait: 5s
${pad}  group_interval: 1m
${pad}  repeat_interval: 4h
${pad}- matchers: [severity="info"]
${pad}  group_wait: 1m
${pad}  group_interval: 5m
${pad}  repeat_interval: 24h
`;
};

const inhibition = `inhibit_rules:
  # Who cannot be seen has not recovered: no alert of theirs is told, and none is told as resolved, until they are back.
  - source_matchers: [alertname="WatchroomExporterDown"]
    target_matchers: [area=~"session|limit|budget|exporter"]
    equal: [job, instance]
  - source_matchers: [alertname="WatchroomAgentGone"]
    target_matchers: [area=~"session|limit|budget|exporter"]
    equal: [job, instance, team, host_name, user_name]
  - source_matchers: [alertname="WatchroomExporterMissing"]
    target_matchers: [area=~"session|limit|budget|exporter"]
  # A hub that is down explains why its agents seem gone.
  - source_matchers: [alertname="WatchroomExporterDown"]
    target_matchers: [alertname="WatchroomAgentGone"]
    equal: [job, instance]
`;

const receiver = (name: string, { webhook, rooms }: Delivery, slackUrlFile: string | undefined): string => {
  const webhooks = [webhook, rooms].filter((one) => one !== undefined);
  return `  - name: ${quoted(name)}
${slackUrlFile === undefined ? '' : slack(slackUrlFile)}${webhooks.length === 0 ? '' : `    webhook_configs:\n${webhooks.map(webhookOf).join('')}`}`;
};

// Title and text say everything: of the rest, Slack and what imitates it show different parts, and Alertmanager's versions send different ones.
const slack = (urlFile: string): string => `    slack_configs:
      - api_url_file: ${quoted(urlFile)}
        send_resolved: true
        title: '{{ template "watchroom.title" . }}'
        title_link: '{{ template "watchroom.link" . }}'
        text: '{{ template "watchroom.text" . }}'
        fallback: '{{ template "watchroom.title" . }}'
        color: '{{ template "watchroom.color" . }}'
        footer: ''
`;

const webhookOf = ({ url, tokenFile }: Webhook): string => `      - url: ${quoted(url)}
        send_resolved: true
${tokenFile === undefined ? '' : `        http_config: {authorization: {credentials_file: ${quoted(tokenFile)}}}\n`}`;

const webhookPlace = `    # Any program that takes Alertmanager's JSON:
    # webhook_configs:
    #   - url: http://bot.example:9000/alerts
    #     send_resolved: true
    #     http_config: {authorization: {credentials_file: /run/secrets/webhook_token}}`;

const roomsPlace = `    # The rooms of the sessions take the same JSON (docs/rooms.md); beside it, below webhook_configs:
    #   - url: http://collab:8877/api/v1/alerts/alertmanager
    #     send_resolved: true
    #     http_config: {authorization: {credentials_file: /run/secrets/hub_alert_token}}`;

const teamsPlace = `
  # A team with a channel of its own is a route before the others and a receiver:
  #   - matchers: [team="shop"]
  #     receiver: team shop
  # and here the receiver above once more, with another name and another api_url_file.`;

const receiverOf = (team: string): string => `team ${team}`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
