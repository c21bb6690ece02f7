// Writes docs/metrics.md from the metric catalogue: node scripts/metrics-docs.ts
import { writeFileSync } from 'node:fs';
import { metricsDocs } from '../exporter/src/metrics/docs.ts';

writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsDocs());
