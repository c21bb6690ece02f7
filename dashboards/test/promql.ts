/** What a query reads and by which labels. */
export interface Reads {
  readonly metrics: ReadonlySet<string>;
  /** Of matchers, by the metric they belong to. */
  readonly matched: readonly (readonly [metric: string, label: string])[];
  /** Of by, without, on, ignoring, group_left and group_right. */
  readonly grouped: ReadonlySet<string>;
  /** Of range selectors and offsets, as they are written. */
  readonly ranges: readonly string[];
}

const words = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'offset', 'bool', 'atan2', 'inf', 'nan']);

/** Takes a PromQL query apart, as far as names go. */
export const readsOf = (query: string): Reads => {
  const metrics = new Set<string>();
  const matched: (readonly [string, string])[] = [];
  const grouped = new Set<string>();
  const ranges: string[] = [];
  let rest = query.replace(/\[([^\]]+)\]/g, (_all, range: string) => (ranges.push(range), ' '));
  rest = rest.replace(/\boffset\s+(-?[$\w]+)/g, (_all, offset: string) => (ranges.push(offset), ' '));
  rest = rest.replace(/([a-zA-Z_:][\w:]*)?\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}/g, (_all, name: string | undefined, inside: string) => {
    const matchers = [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)];
    const names = name === undefined ? matchers.filter(([, label]) => label === '__name__').flatMap(([, , , value]) => value!.split('|')) : [name];
    for (const one of names) {
      metrics.add(one);
      for (const [, label] of matchers) if (label !== '__name__') matched.push([one, label!]);
    }
    return ' ';
  });
  rest = rest.replace(/"(?:[^"\\]|\\.)*"/g, ' ');
  rest = rest.replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)/g, (_all, _word, labels: string) => {
    for (const label of labels.split(',').map((one) => one.trim())) if (label !== '') grouped.add(label);
    return ' ';
  });
  for (const [, name] of rest.matchAll(/(?<![\w$:.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])/g)) if (!words.has(name!.toLowerCase())) metrics.add(name!);
  return { metrics, matched, grouped, ranges };
};
