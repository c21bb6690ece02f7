import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Rule } from '../../alerts/source/alert.ts';

export const alertsFolder = fileURLToPath(new URL('../../alerts/', import.meta.url));
export const textOf = (path: string): string => readFileSync(`${alertsFolder}${path}`, 'utf8');
export const namesIn = (folder: string): readonly string[] => readdirSync(`${alertsFolder}${folder}`).sort();

/** A rule that alerts, with the file it stands in. */
export interface FiledRule extends Rule {
  readonly file: string;
}

/** Every alert rule that is committed. */
export const rules: readonly FiledRule[] = namesIn('rules').flatMap((file) =>
  (parse(textOf(`rules/${file}`)) as { groups: { rules: Partial<Rule>[] }[] }).groups.flatMap((group) => group.rules.filter((rule): rule is Rule => rule.alert !== undefined).map((rule) => ({ ...rule, file }))));

export const alertNames: readonly string[] = [...new Set(rules.map(({ alert }) => alert))];

/** One promtool test of a file. */
export interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test?: readonly { readonly eval_time: string; readonly alertname: string; readonly exp_alerts?: readonly unknown[] | null }[];
}

export interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly RuleTest[];
}

export const testFiles: readonly (TestFile & { readonly file: string })[] = namesIn('tests').map((file) => ({ ...(parse(textOf(`tests/${file}`), { maxAliasCount: -1 }) as TestFile), file }));

/** Runs a program to its end. */
export const run = (command: string, args: readonly string[], cwd = alertsFolder): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }));
  });
