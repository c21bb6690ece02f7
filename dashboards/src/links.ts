import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** The dashboards and their addresses. They never change: bookmarks, alerts and rooms point at them. */
export const uids = {
  team: 'watchroom-team',
  session: 'watchroom-session',
  usage: 'watchroom-usage',
  health: 'watchroom-health',
  self: 'watchroom-self',
} as const;

/** All dashboards carry this tag; the list of links at the top of each finds the others by it. */
export const tag = 'watchroom';

/** The other dashboards, at the top of every one, with time and variables kept. */
export const otherDashboards = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Watchroom').type(DashboardLinkType.Dashboards).tags([tag]).icon('dashboard').tooltip('The other Watchroom dashboards, same time and choices').keepTime(true).includeVars(true);

/** The room of the session that the page shows: its address comes from the info metric; without a hub there is none and the link leads nowhere. */
export const roomOfPage = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Room').type(DashboardLinkType.Link).url('${room:raw}').icon('external link').tooltip('Talk about this session in its room (needs a hub)').targetBlank(true);

/** Variables that travel from dashboard to dashboard. */
const travelling = ['datasource', 'user', 'project', 'tool', 'model'] as const;
type Travelling = (typeof travelling)[number];

/** A link inside a panel. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

/** The session of a table's row, from its own cell: the raw value is whole where the cell shows it shortened. */
export const toSessionOfRow: DataLink = { title: 'Open this session', url: linkTo('session', 'var-session=${__value.raw:percentencode}') };

/** The session of a drawn series. */
export const toSessionOfSeries: DataLink = { title: 'Open this session', url: linkTo('session', 'var-session=${__field.labels.session_id:percentencode}') };

/** The room of a table's row, whose cell holds the address. */
export const toRoomOfCell: DataLink = { title: 'Open the room of this session', url: '${__value.raw}', targetBlank: true };

/** Another dashboard, narrowed to what a drawn series stands for. */
export const toSeries = (page: keyof typeof uids, label: 'user_name' | 'project' | 'tool' | 'model'): DataLink => {
  const variable = label === 'user_name' ? 'user' : label;
  return { title: `Only this ${variable}`, url: linkTo(page, `var-${variable}=\${__field.labels.${label}:percentencode}`, travelling.filter((name) => name !== variable)) };
};

/** Another dashboard as it is, with the time and the variables that the page has kept. */
export const toPage = (page: keyof typeof uids, title: string, kept: readonly Travelling[] = travelling): DataLink => ({ title, url: linkTo(page, undefined, kept) });

function linkTo(page: keyof typeof uids, own: string | undefined, kept: readonly Travelling[] = travelling): string {
  return `/d/${uids[page]}?${[...(own === undefined ? [] : [own]), ...kept.map((name) => `\${${name}:queryparam}`), '${__url_time_range}'].join('&')}`;
}
