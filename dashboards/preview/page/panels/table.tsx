import { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import { fieldConfigOf } from '../prepared.ts';
import type { Content } from './drawn.tsx';

/** The table of Grafana 12 and later. */
export const Table = ({ panel, frames, width, height }: Content) => {
  const { sortBy, cellHeight, showHeader } = panel.options as { readonly sortBy?: { readonly displayName: string; readonly desc?: boolean }[]; readonly cellHeight?: TableCellHeight; readonly showHeader?: boolean };
  return (
    <TableNG data={frames[0]!} width={width} height={height} {...(sortBy ? { sortBy } : {})} cellHeight={cellHeight ?? TableCellHeight.Sm} noHeader={showHeader === false} fieldConfig={fieldConfigOf(panel)} enableVirtualization={false}
      {...(panel.fieldConfig.defaults.noValue === undefined ? {} : { noValue: panel.fieldConfig.defaults.noValue })} structureRev={1} />
  );
};
