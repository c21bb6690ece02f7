import { alertmanagerConfig } from './alertmanager.ts';
import { ruleFiles } from './rule-files.ts';
import { readThresholds } from './thresholds.ts';

/** Every committed file that is made from another one: its path below alerts/, and its text. */
export const generatedFiles = (): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(ruleFiles(readThresholds())).map(([name, text]) => [`rules/${name}`, text])),
  'alertmanager.yml': alertmanagerConfig({ slack: { urlFile: '/run/secrets/slack_url' } }),
});
