import { FieldType, dateTimeFormat, getFieldDisplayName } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import type { Content } from './drawn.tsx';

/**
 * A line for each series, coloured by its state. Grafana's own state timeline lives in its core, not in the library: this draws the same
 * states, names and colours as plain boxes.
 */
export const StateTimeline = ({ scene, frames, width, height }: Content) => {
  const theme = useTheme2();
  const lines = frames.map((frame) => ({ frame, time: frame.fields.find(({ type }) => type === FieldType.time)!, value: frame.fields.find(({ type }) => type !== FieldType.time)! }));
  const names = 140;
  const axis = 20;
  const rowHeight = (height - axis) / lines.length;
  const x = (at: number): number => names + ((at - scene.from) / (scene.to - scene.from)) * (width - names);
  const text = { fill: theme.colors.text.primary, fontSize: 12, fontFamily: theme.typography.fontFamily };
  return (
    <svg width={width} height={height}>
      {lines.map(({ frame, time, value }, row) => (
        <g key={row}>
          <text x={names - 8} y={(row + 0.5) * rowHeight + 4} textAnchor="end" {...text}>{getFieldDisplayName(value, frame, frames)}</text>
          {time.values.map((at: number, index) => {
            const end = Math.min(scene.to, (time.values[index + 1] as number | undefined) ?? at + (time.config.interval ?? 0));
            return <rect key={index} x={x(at)} y={(row + 0.05) * rowHeight} width={Math.max(0, x(end) - x(at)) + 0.3} height={rowHeight * 0.9} fill={value.display!(value.values[index]).color ?? 'none'} fillOpacity={0.8} />;
          })}
        </g>
      ))}
      {[0, 0.25, 0.5, 0.75, 1].map((part) => <text key={part} x={x(scene.from + part * (scene.to - scene.from))} y={height - 4} textAnchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'} {...text} fontSize={11}>{dateTimeFormat(scene.from + part * (scene.to - scene.from), { format: 'HH:mm:ss' })}</text>)}
    </svg>
  );
};
