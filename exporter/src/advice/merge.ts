import type { Session } from '../session/session.ts';
import type { Advice } from './advice.ts';
import { many, percent } from './figures.ts';

/** Two live sessions on the same work pay for the same context twice, and overwrite each other. */
export const mergeAdvice = (live: readonly Session[]): readonly Advice[] => {
  const advice: Advice[] = [];
  for (const [repository, sessions] of Map.groupBy(live, repositoryOf)) {
    if (repository === undefined || sessions.length < 2) continue;
    const taken = new Set<string>();
    for (const pair of pairsOf(sessions)) {
      if (pair.some(({ id }) => taken.has(id))) continue;
      const found = similarity(pair);
      if (!found) continue;
      pair.forEach(({ id }) => taken.add(id));
      advice.push(adviceOn(pair, found));
    }
  }
  return advice;
};

/** The folder, and the name of its repository: many repositories are called "app". */
const repositoryOf = ({ project, projectName, cwd }: Session): string | undefined => {
  const name = projectName ?? project;
  if (name === undefined || cwd === undefined) return undefined;
  const names = cwd.split(/[\\/]/);
  const root = names.lastIndexOf(name);
  return `${root === -1 ? cwd : names.slice(0, root + 1).join('/')} ${name}`;
};

type Pair = readonly [older: Session, newer: Session];

const mostSessions = 50;

const pairsOf = (sessions: readonly Session[]): readonly Pair[] => {
  const byAge = sessions.toSorted((a, b) => (a.lastActivityAt ?? 0) - (b.lastActivityAt ?? 0)).slice(-mostSessions);
  return byAge.flatMap((older, index) => byAge.slice(index + 1).map((newer): Pair => [older, newer]));
};

interface Similarity { readonly why: string; readonly number: Advice['number']; readonly urgency: Advice['urgency'] }

const similarity = ([older, newer]: Pair): Similarity | undefined => {
  const [left, right] = [editedBy(older), editedBy(newer)];
  const shared = [...left].filter((path) => right.has(path)).length;
  const overlap = shared === 0 ? 0 : shared / Math.min(left.size, right.size);
  if (overlap >= enoughOverlap) return { why: `both edit ${many(shared, 'file')} (${percent(overlap)} of what the smaller one edits)`, number: { name: 'shared_files_ratio', value: overlap, unit: 'ratio', limit: enoughOverlap }, urgency: 'soon' };
  const alike = titlesAlike(older.title, newer.title);
  if (alike < enoughAlike) return undefined;
  return { why: `their titles share ${percent(alike)} of their words`, number: { name: 'title_similarity', value: alike, unit: 'ratio', limit: enoughAlike }, urgency: 'consider' };
};

const enoughOverlap = 0.5;
const enoughAlike = 0.6;

const editedBy = ({ files }: Session): ReadonlySet<string> => new Set(Object.entries(files).filter(([, { edits, created }]) => edits > 0 || created).map(([path]) => path));

/** Words in both ÷ words in either, of titles that say something. */
const titlesAlike = (left: string | undefined, right: string | undefined): number => {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  if (a.size < 2 || b.size < 2) return 0;
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared);
};

const wordsOf = (title: string | undefined): ReadonlySet<string> => new Set((title ?? '').toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);

const adviceOn = ([older, newer]: Pair, { why, number, urgency }: Similarity): Advice => ({
  kind: 'merge', urgency, sessions: [older.id, newer.id], number,
  reason: `two live sessions work on ${newer.projectName ?? newer.project}: ${why}. Take what the older one knows along, and close it`,
  command: { run: `watchroom export ${older.id} --with-content --output handover.md`, where: 'shell' },
});
