import { textOf } from './compose.ts';

/** Names of the examples in prometheus.yml. */
export const exampleNames = (): readonly string[] => [...textOf('prometheus.yml').matchAll(/^ *# example (\w+)$/gm)].map(([, name]) => name!);

/** prometheus.yml with some of its examples taken out of the comment; the others are gone. */
export const withExamples = (...names: readonly string[]): string =>
  textOf('prometheus.yml').replaceAll(/^( *)# example (\w+)\n([^]*?)^ *# end\n/gm, (_all, indent: string, name: string, lines: string) => (names.includes(name) ? lines.replaceAll(new RegExp(`^${indent}# ?`, 'gm'), indent) : ''));
