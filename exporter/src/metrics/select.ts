/** Groups of metrics that can be switched off (`--no-collector.<name>`). */
export const collectors = ['session', 'fleet', 'exporter', 'process'] as const;
export type Collector = (typeof collectors)[number];

/** What a scrape asks for: by default everything. */
export interface Selection {
  /** `?name[]=`: only these, by the name of the metric or of one of its samples. */
  readonly names?: readonly string[];
  readonly without?: readonly Collector[];
}

/** Whether a metric is in the selection. */
export const selects = ({ names, without = [] }: Selection): ((metric: string) => boolean) => {
  const wanted = names && new Set(names.flatMap(familiesOf));
  return (metric) => !without.includes(collectorOf(metric)) && (wanted?.has(metric) ?? true);
};

/** Which group a metric belongs to, by its name. */
export const collectorOf = (metric: string): Collector => {
  if (metric.startsWith('ai_session_')) return 'session';
  if (metric.startsWith('ai_')) return 'fleet';
  return metric.startsWith('watchroom_') ? 'exporter' : 'process';
};

/** A person may name a sample of a histogram, or a counter as OpenMetrics writes its family. */
const familiesOf = (name: string): string[] => [name, `${name}_total`, name.replace(/_(bucket|sum|count)$/, '')];
