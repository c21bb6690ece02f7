// Writes the generated parts of docs/: node scripts/cli-docs.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { cliPage, configurationPage } from './cli-page.ts';

const page = (name: string): URL => new URL(`../docs/${name}`, import.meta.url);

writeFileSync(page('cli.md'), cliPage());
writeFileSync(page('configuration.md'), configurationPage(readFileSync(page('configuration.md'), 'utf8')));
