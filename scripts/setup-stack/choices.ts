import { exporterPlaces } from './host.ts';
import type { ExporterPlace } from './host.ts';

/** What the user asked for; absent: not said. */
export interface Choices {
  readonly slackUrl?: string;
  readonly webhookUrl?: string;
  readonly exporter?: ExporterPlace;
}

/** Checks what was typed. Throws a sentence that says what was seen and what to try. */
export const readChoices = (typed: { readonly slackUrl?: string | undefined; readonly webhookUrl?: string | undefined; readonly exporter?: string | undefined }): Choices => ({
  ...(typed.slackUrl === undefined ? {} : { slackUrl: slackAddress(typed.slackUrl) }),
  ...(typed.webhookUrl === undefined ? {} : { webhookUrl: webhookAddress(typed.webhookUrl) }),
  ...(typed.exporter === undefined ? {} : { exporter: placeOf(typed.exporter) }),
});

/** An address Alertmanager can post to; Slack's and those that imitate it (Mattermost, Rocket.Chat) are https. */
export const slackAddress = (typed: string): string => {
  if (isAddress(typed, ['https:'])) return typed;
  throw new Error(`The Slack address must be that of an incoming webhook, such as https://hooks.slack.com/services/T…/B…/…, got "${typed}". Slack shows it under Apps → Incoming WebHooks.`);
};

export const isSlackAddress = (text: string): boolean => isAddress(text, ['https:']);

const webhookAddress = (typed: string): string => {
  if (isAddress(typed, ['https:', 'http:'])) return typed;
  throw new Error(`--webhook-url must be an http(s) address, got "${typed}". Try http://host.docker.internal:9000/alerts for a program on this machine.`);
};

const placeOf = (typed: string): ExporterPlace => {
  const place = exporterPlaces.find((one) => one === typed);
  if (place === undefined) throw new Error(`--exporter must be ${exporterPlaces.join(', ')}, got "${typed}".`);
  return place;
};

const isAddress = (text: string, protocols: readonly string[]): boolean => {
  const address = URL.parse(text);
  return address !== null && protocols.includes(address.protocol) && address.hostname !== '' && !/\s/.test(text);
};
