import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Tokens and calls of one session, model or tree, as the generator knows them. */
export interface Truth {
  readonly messages: number;
  readonly input: number;
  readonly output: number;
  readonly cache_creation: number;
  readonly cache_read: number;
  readonly cost_usd: number;
}

/** A tree of Claude Code transcripts with its true totals. */
export interface Data {
  /** What CLAUDE_CONFIG_DIR points to. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly totals: Truth;
  readonly byModel: Readonly<Record<string, Truth>>;
  readonly bySession: Readonly<Record<string, Truth>>;
  readonly remove: () => void;
}

const generator = fileURLToPath(new URL('../../shared/perf/gen.mjs', import.meta.url));

/** The data of WATCHROOM_BENCH_DATA, or a new tree in a temporary folder. */
export const benchData = (given: string | undefined, preset: string): Data => {
  if (given !== undefined) {
    console.log(`Data: ${given} (WATCHROOM_BENCH_DATA).`);
    return { ...read(given), remove: () => undefined };
  }
  if (!existsSync(generator)) throw new Error(`there is no data to measure with: the generator ${generator} is missing. Point WATCHROOM_BENCH_DATA to a tree it made earlier, with its .truth.json and .truth-sessions.json beside it`);
  const parent = mkdtempSync(join(tmpdir(), 'watchroom-bench-'));
  const folder = join(parent, preset);
  console.log(`Data: making the ${preset} tree in ${folder}; it is removed at the end. Set WATCHROOM_BENCH_DATA to keep one.`);
  execFileSync(process.execPath, [generator, '--preset', preset, '--out', folder], { stdio: 'ignore' });
  return { ...read(folder), remove: () => rmSync(parent, { recursive: true }) };
};

const read = (folder: string): Omit<Data, 'remove'> => {
  const told = JSON.parse(readFileSync(`${folder}.truth.json`, 'utf8')) as { files: number; bytes: number; totals: Truth; by_model: Data['byModel'] };
  return { folder, files: told.files, bytes: told.bytes, totals: told.totals, byModel: told.by_model, bySession: JSON.parse(readFileSync(`${folder}.truth-sessions.json`, 'utf8')) as Data['bySession'] };
};
