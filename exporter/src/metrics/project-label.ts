import { createHash } from 'node:crypto';
import type { LabelSettings } from './metric.ts';

/** The `project` label of a project: as it is, the last part of a path, or a short hash that tells projects apart without naming them. */
export const projectLabel = (project: string, mode: LabelSettings['pathMode'] = 'full'): string => {
  if (mode === 'full' || notNames.has(project)) return project;
  if (mode === 'hash') return createHash('sha256').update(project).digest('hex').slice(0, 12);
  return project.split(/[\\/]/).findLast((part) => part !== '') ?? project;
};

/** What the ledger books when there is no name, or no slot for one. */
const notNames = new Set(['unknown', 'other']);
