// Writes the generated parts of docs/ and the man page: node scripts/cli-docs.ts
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cliPage, configurationPage } from './cli-page.ts';
import { manPage } from './man-page.ts';

const page = (name: string): URL => new URL(`../docs/${name}`, import.meta.url);

writeFileSync(page('cli.md'), cliPage());
writeFileSync(page('configuration.md'), configurationPage(readFileSync(page('configuration.md'), 'utf8')));

const man = new URL('../exporter/man/', import.meta.url);
mkdirSync(man, { recursive: true });
writeFileSync(new URL('watchroom.1', man), manPage());
