// Writes the generated parts of docs/: node scripts/cli-docs.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { settingsTable } from '../exporter/src/config/settings-table.ts';

const configuration = new URL('../docs/configuration.md', import.meta.url);
const text = readFileSync(configuration, 'utf8');
writeFileSync(configuration, text.replace(/(<!-- settings:.*-->\n)[^]*(<!-- \/settings -->)/, (_, start: string, end: string) => `${start}${settingsTable()}\n${end}`));
