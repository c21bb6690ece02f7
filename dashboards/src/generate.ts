import { writeFileSync } from 'node:fs';
import { generated } from './generated.ts';

// Writes every dashboard to dashboards/grafana: npm run dashboards

for (const [file, text] of generated()) writeFileSync(new URL(`../grafana/${file}`, import.meta.url), text);
