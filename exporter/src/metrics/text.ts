import type { Reading } from './metric.ts';

/**
 * The line level of the Prometheus text format 0.0.4 and of OpenMetrics 1.0, which write samples alike.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export const sampleLine = (name: string, labels: string, value: number): string => (labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`);

/** `tool="claude",state="idle"`; an unknown or empty label is left out, which means the same to Prometheus. */
export const labelsText = (names: readonly string[], values: readonly (string | undefined)[]): string => {
  let text = '';
  for (let index = 0; index < names.length; index += 1) text = withLabel(text, names[index]!, values[index]);
  return text;
};

/** The same for a reading, which has its value first. */
export const readingLabels = (names: readonly string[], reading: Reading): string => {
  let text = '';
  for (let index = 0; index < names.length; index += 1) text = withLabel(text, names[index]!, reading[index + 1] as string | undefined);
  return text;
};

const withLabel = (text: string, name: string, value: string | undefined): string =>
  value === undefined || value === '' ? text : `${text}${text === '' ? '' : ','}${name}="${escapedLabel(value)}"`;

/** Two label texts as one. */
export const joined = (left: string, right: string): string => (left === '' ? right : right === '' ? left : `${left},${right}`);

export const numberText = (value: number): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));

/** Bucket bounds as OpenMetrics wants them ("1.0"), in both formats, so that the label does not depend on who asks. */
export const boundText = (bound: number): string => (Number.isInteger(bound) ? `${bound}.0` : numberText(bound));

const unsafe = /[\\"\n\r\u0000]/;
const escapedLabel = (value: string): string =>
  unsafe.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replace(/[\r\u0000]/g, ' ') : value;

/** HELP text: OpenMetrics escapes quotes too, text 0.0.4 does not. */
export const escapedHelp = (help: string, openMetrics: boolean): string => {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return openMetrics ? text.replaceAll('"', '\\"') : text;
};
