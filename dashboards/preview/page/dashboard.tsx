import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, PanelChrome, useStyles2 } from '@grafana/ui';
import { replaced } from './prepared.ts';
import type { Prepared } from './prepared.ts';
import { drawn } from './panels/drawn.tsx';
import type { Panel, Scene } from './scene.ts';

// Grafana's grid: 24 columns, rows of 30 px, 8 px between panels.
const rowHeight = 30;
const gap = 8;
const pageWidth = 1600;

/** A whole page: its variables, its time, its rows and panels. */
export const Dashboard = ({ scene, panels }: { readonly scene: Scene; readonly panels: readonly Prepared[] }) => {
  const styles = useStyles2(stylesOf);
  const height = Math.max(...panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h)) * (rowHeight + gap);
  return (
    <div className={styles.page}>
      <div className={styles.title}>{scene.title}</div>
      <div className={styles.controls}>
        {scene.variables.filter(({ hidden }) => !hidden).map(({ name, label, text }) => <Control key={name} label={label} text={text} />)}
        <div className={styles.time}><Icon name="clock-nine" /> {scene.timeText}</div>
      </div>
      <div style={{ position: 'relative', height }}>{panels.map((prepared) => <Place key={prepared.panel.id} panel={prepared.panel}>{content(scene, prepared)}</Place>)}</div>
    </div>
  );
};

const Control = ({ label, text }: { readonly label: string; readonly text: string }) => {
  const styles = useStyles2(stylesOf);
  return <div className={styles.control}><span className={styles.label}>{label}</span><span className={styles.value}>{text}<Icon name="angle-down" /></span></div>;
};

const Place = ({ panel, children }: { readonly panel: Panel; readonly children: React.ReactNode }) => (
  <div style={{ position: 'absolute', left: left(panel), top: panel.gridPos.y * (rowHeight + gap), width: width(panel), height: height(panel) }}>{children}</div>
);

const column = (pageWidth - 2 * 16 + gap) / 24;
const left = ({ gridPos }: Panel): number => Math.round(gridPos.x * column);
const width = ({ gridPos }: Panel): number => Math.round(gridPos.w * column) - gap;
const height = ({ gridPos }: Panel): number => gridPos.h * (rowHeight + gap) - gap;

const content = (scene: Scene, { panel, frames }: Prepared) => {
  if (panel.type === 'row') return <Row title={panel.title} />;
  const failed = panel.answers.find(({ error }) => error !== undefined)?.error;
  return (
    <PanelChrome title={replaced(scene, panel.title)} {...(panel.description === undefined ? {} : { description: panel.description })} {...(failed === undefined ? {} : { statusMessage: failed })} width={width(panel)} height={height(panel)} padding={panel.type === 'table' ? 'none' : 'md'}>
      {(innerWidth, innerHeight) => drawn({ scene, panel, frames, width: innerWidth, height: innerHeight })}
    </PanelChrome>
  );
};

const Row = ({ title }: { readonly title: string }) => {
  const styles = useStyles2(stylesOf);
  return <div className={styles.row}><Icon name="angle-down" /> {title}</div>;
};

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ width: pageWidth, padding: 16, background: theme.colors.background.canvas }),
  title: css({ ...theme.typography.h4, marginBottom: 12 }),
  controls: css({ display: 'flex', flexWrap: 'wrap', gap: 8, marginBottom: 16, alignItems: 'center' }),
  control: css({ display: 'flex', height: 32, border: `1px solid ${theme.components.input.borderColor}`, borderRadius: theme.shape.radius.default, overflow: 'hidden' }),
  label: css({ padding: '0 8px', lineHeight: '30px', background: theme.colors.background.secondary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: theme.typography.fontWeightMedium }),
  value: css({ padding: '0 8px', lineHeight: '30px', background: theme.components.input.background, display: 'flex', alignItems: 'center', gap: 4 }),
  time: css({ marginLeft: 'auto', color: theme.colors.text.secondary, display: 'flex', gap: 6, alignItems: 'center' }),
  row: css({ height: rowHeight, display: 'flex', alignItems: 'center', gap: 8, ...theme.typography.h6, margin: 0 }),
});
