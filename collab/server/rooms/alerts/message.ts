import type { AlertTable } from '../../store/rooms-schema.ts';

export const alertType = 'custom_alert';
export const alertEndType = 'custom_alert_ended';

/** What an alert's message shows, beside its words. */
export interface AlertProps {
  readonly id: string;
  readonly name: string;
  readonly severity?: string;
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly startsAt: number;
  readonly endsAt?: number;
  readonly description?: string;
  readonly dashboardUrl?: string;
  readonly runbookUrl?: string;
  /** How often Alertmanager told of it. */
  readonly told: number;
  readonly ackedBy?: string;
  readonly ackedAt?: number;
  readonly silencedUntil?: number;
  /** Silenced in Alertmanager itself, by this name. */
  readonly silencedBy?: string;
}

export const messageOf = (row: Pick<AlertTable, 'name' | 'annotations'>): string => (annotationsOf(row).summary ?? annotationsOf(row).description ?? row.name).slice(0, 4000);

export const propsOf = (row: AlertTable): { readonly alert: AlertProps } => {
  const { description, dashboard_url: dashboard, runbook_url: runbook } = annotationsOf(row);
  return {
    alert: {
      id: row.id, name: row.name, ...(row.severity === null ? {} : { severity: row.severity }), status: row.status, fingerprint: row.fingerprint, startsAt: row.starts_at, ...(row.ends_at === null ? {} : { endsAt: row.ends_at }),
      ...(description === undefined ? {} : { description: description.slice(0, 4000) }), ...link('dashboardUrl', dashboard), ...link('runbookUrl', runbook), told: row.told,
      ...(row.acked_by === null ? {} : { ackedBy: row.acked_by }), ...(row.acked_at === null ? {} : { ackedAt: row.acked_at }), ...(row.silence_until === null ? {} : { silencedUntil: row.silence_until }), ...(row.silenced_by === null ? {} : { silencedBy: row.silenced_by }),
    },
  };
};

const annotationsOf = ({ annotations }: Pick<AlertTable, 'annotations'>): Readonly<Record<string, string | undefined>> => JSON.parse(annotations) as Record<string, string>;

/** Only addresses that a browser may open: rules are written by people, too. */
const link = (name: string, url: string | undefined): Readonly<Record<string, string>> => (url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url) ? { [name]: url } : {});
