import { DashboardBuilder, DashboardCursorSync, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { AnnotationQueryBuilder, Dashboard, DashboardLinkBuilder, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { otherDashboards, tag, uids } from './links.ts';

interface Builder<Built> {
  readonly build: () => Built;
}

export interface Page {
  readonly uid: keyof typeof uids;
  readonly title: string;
  readonly about: string;
  /** The time it opens with, up to now. */
  readonly from: string;
  readonly refresh: '30s' | '1m' | '5m';
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations?: readonly AnnotationQueryBuilder[];
  readonly links?: readonly DashboardLinkBuilder[];
  /** Rows and panels as one reads them. */
  readonly rows: readonly (RowBuilder | Builder<Panel>)[];
}

/** One dashboard as the SDK builds it; finalize() makes the file of it. */
export const page = ({ uid, title, about, from, refresh, variables, annotations = [], links = [], rows }: Page): Dashboard => {
  const builder = new DashboardBuilder(`Watchroom / ${title}`).uid(uids[uid]).description(about).tags([tag]).timezone('browser').tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' }).refresh(refresh).editable().annotations([...annotations]).links([otherDashboards(), ...links]).variables([...variables]);
  for (const part of rows) {
    if (part instanceof RowBuilder) builder.withRow(part);
    else builder.withPanel(part);
  }
  return builder.build();
};
