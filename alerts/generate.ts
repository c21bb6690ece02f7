// Writes alerts/rules/*.yml and alerts/alertmanager.yml: node alerts/generate.ts
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './source/generated-files.ts';

for (const [path, text] of Object.entries(generatedFiles())) writeFileSync(new URL(path, import.meta.url), text);
