import { FieldType, createDataFrame } from '@grafana/data';
import type { DataFrame } from '@grafana/data';
import type { Answer, Series } from './scene.ts';

/** The answers of Prometheus as data frames, in the shapes Grafana's data source gives them. */
export const framesOf = (answers: readonly Answer[]): DataFrame[] => {
  const tables = answers.filter(({ format }) => format === 'table');
  const others = answers.filter(({ format }) => format !== 'table');
  return [...others.flatMap(seriesFrames), ...tables.map((answer) => tableFrame(answer, tables.length > 1 ? `Value #${answer.refId}` : 'Value'))];
};

const seriesFrames = (answer: Answer): DataFrame[] =>
  answer.series.map((series) => {
    const name = nameOf(answer, series);
    return createDataFrame({
      refId: answer.refId,
      fields: [
        { name: 'Time', type: FieldType.time, config: { interval: answer.stepSeconds * 1000 }, values: series.samples.map(([at]) => at * 1000) },
        { name: 'Value', type: FieldType.number, labels: { ...series.metric }, config: name === undefined ? {} : { displayNameFromDS: name }, values: series.samples.map(([, value]) => numberOf(value)) },
      ],
    });
  });

/** The legend; undefined where Grafana works it out from the labels that differ. */
const nameOf = ({ legendFormat, query }: Answer, { metric }: Series): string | undefined => {
  if (legendFormat === '__auto' || legendFormat === '') return Object.keys(metric).length === 0 ? query : undefined;
  return legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_all, label: string) => metric[label] ?? '');
};

const tableFrame = ({ refId, series }: Answer, valueName: string): DataFrame => {
  const rows = series.flatMap(({ metric, samples }) => samples.map(([at, value]) => ({ metric, at, value })));
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric).sort()))];
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(({ at }) => at * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: rows.map(({ metric }) => metric[label] ?? '') })),
      { name: valueName, type: FieldType.number, values: rows.map(({ value }) => numberOf(value)) },
    ],
  });
};

const numberOf = (value: string): number => (value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value));
