import { Option } from 'commander';
import type { Command } from 'commander';
import { extname, resolve } from 'node:path';
import { carriedOf, exportFormat, exportVersion } from '../../exchange/document.ts';
import type { Carried } from '../../exchange/document.ts';
import { piecesOf } from '../../exchange/write.ts';
import { lastHealthOf } from '../../health/health.ts';
import type { Session } from '../../session/session.ts';
import type { Backend } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { bytes, many } from '../figures.ts';
import { filterOf } from '../filter.ts';
import type { Filters } from '../filter.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { sessionMarkdown } from '../views/conversation-markdown.ts';
import { writeWholeFile } from '../whole-file.ts';

const formats = ['json', 'yaml', 'markdown'] as const;
type ExportAs = (typeof formats)[number];

interface Options extends Filters {
  readonly all?: boolean;
  readonly output?: string;
  readonly format?: ExportAs;
  readonly withContent?: boolean;
}

/** watchroom export */
export const addExport = (program: Command, deps: Deps): void => {
  const command = program.command('export [sessions...]').summary('write sessions into a file')
    .description('Writes sessions as JSON or YAML, which import reads again, or as Markdown for people. Without --with-content only their numbers and names; with it everything that was said in them, read again from the transcripts.\nSecrets (keys, tokens, passwords) are taken out of either before anything is written. A file appears when it is whole, readable by you alone. docs/export.md describes it.\nA session is named by a pid, by its id, or by any part of the id that only it has.')
    .option('-a, --all', 'every session that passes the filters below')
    .option('-o, --output <file>', 'write into a file (default: stdout)')
    .addOption(new Option('--format <format>', 'default: by the name of the file, else json').choices(formats))
    .option('--with-content', 'what was said as well, not numbers only')
    .option('-s, --status <states>', 'with --all: only working, waiting, idle or ended ones')
    .option('-t, --tool <tools>', 'with --all: only those of these tools')
    .option('-p, --project <names>', 'with --all: only those whose project contains the name')
    .option('--tag <tags>', 'with --all: only those with the tag')
    .option('--since <time>', 'with --all: only those active since then: 24h, 7d, 2026-09-01');
  addSettingFlags(command, lookingFlags).action((names: readonly string[], options: Options) =>
    withBackend(command, deps, async (backend, world) => {
      const chosen = chosenBy(names, options, await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true })), deps.now());
      const work: Work = { backend, deps, withContent: options.withContent ?? false, redacted: 0, missing: [], stopped: false };
      void deps.ending?.then(() => (work.stopped = true));
      const view = viewOf(world, deps);
      const told = carriedSessions(chosen, work);
      const format = formatOf(options);
      const head = { format: exportFormat, version: exportVersion, exportedAt: new Date(deps.now()).toISOString(), by: `watchroom ${deps.version}` } as const;
      const pieces = format === 'markdown' ? inMarkdown(told, { timeZone: view.timeZone, healthOf: (session) => lastHealthOf(session, view.health) }) : piecesOf(format, head, told);
      const size = options.output === undefined ? await toStdout(pieces, work) : await writeWholeFile(resolve(deps.cwd, options.output), pieces, () => work.stopped);
      deps.stderr.write(summary(chosen.length, size, options, work));
    }));
  withExamples(command, [
    ['watchroom export 1af7 --output session.json', 'the numbers of one session'],
    ['watchroom export 1af7 --with-content --output session.md', 'to read what was said'],
    ['watchroom export --all --project shop --since 30d --format yaml --output shop.yaml', 'a month of a project'],
    ['watchroom import session.json', 'on another machine'],
  ]);
};

/** What goes on while sessions are written. */
interface Work {
  readonly backend: Backend;
  readonly deps: Deps;
  readonly withContent: boolean;
  redacted: number;
  readonly missing: string[];
  stopped: boolean;
}

const chosenBy = (names: readonly string[], { all, ...filters }: Options, sessions: readonly Session[], now: number): readonly Session[] => {
  const filter = (['status', 'tool', 'project', 'tag', 'since'] as const).find((name) => filters[name] !== undefined);
  if (!all && filter !== undefined) throw new CommandError(`--${filter} goes with --all. Try: watchroom export --all --${filter} ${filters[filter]}`, 'usage');
  if (all && names.length > 0) throw new CommandError('export takes either sessions or --all, not both', 'usage');
  if (!all && names.length === 0) throw new CommandError('export needs a session, or --all. watchroom list --all shows them', 'usage');
  if (!all) return [...new Set(names.map((name) => findSession(name, sessions)))];
  const chosen = sessions.filter(filterOf(filters, now));
  if (chosen.length === 0) throw new CommandError(sessions.length === 0 ? 'there is no session to export. watchroom doctor says where was looked' : `none of ${many(sessions.length, 'session')} passes the filters, so nothing was written`);
  return chosen;
};

/** "report.md" says what it is to be. */
const formatOf = ({ format, output }: Options): ExportAs => {
  const byName = ({ '.yaml': 'yaml', '.yml': 'yaml', '.md': 'markdown', '.markdown': 'markdown' } as const)[extname(output ?? '').toLowerCase()];
  return format ?? byName ?? 'json';
};

/** One session after the other, without its secrets. */
async function* carriedSessions(sessions: readonly Session[], work: Work): AsyncGenerator<Carried> {
  const { redacted } = await import('../../exchange/redact.ts'); // two hundred patterns that no other command needs
  for (const [index, session] of sessions.entries()) {
    if (work.stopped) return;
    progress(index, sessions.length, work.deps);
    const numbers = numbersOf(session, work);
    if (!numbers) continue;
    const said = work.withContent ? await work.backend.conversation(session) : undefined;
    if (said) work.missing.push(...said.missing);
    const { value, found } = await redacted<Carried>({
      session: numbers,
      ...(said ? { conversation: [...said.messages] } : {}),
      ...(said && said.missing.length > 0 ? { missing: [...said.missing] } : {}),
    });
    work.redacted += found;
    yield found === 0 ? value : { ...value, redacted: found };
  }
  progress(sessions.length, sessions.length, work.deps);
}

/** What no other Watchroom would take in is left out and said. */
const numbersOf = (session: Session, { missing }: Work): Carried['session'] | undefined => {
  try {
    return carriedOf(session);
  } catch {
    missing.push(`${session.id}: its numbers are none that could be read back`);
    return undefined;
  }
};

/** On a terminal, where somebody waits. */
const progress = (done: number, all: number, { stderr }: Deps): void => {
  if (!stderr.isTTY || all < 2) return;
  stderr.write(done === all ? '\r\u001b[K' : `\rExporting ${done + 1} of ${all}`);
};

async function* inMarkdown(sessions: AsyncIterable<Carried>, view: Parameters<typeof sessionMarkdown>[1]): AsyncGenerator<string> {
  let written = 0;
  for await (const one of sessions) {
    yield `${written === 0 ? '' : '\n---\n\n'}${sessionMarkdown(one, view)}`;
    written += 1;
  }
}

const toStdout = async (pieces: AsyncIterable<string>, work: Work): Promise<number> => {
  let size = 0;
  for await (const piece of pieces) {
    if (work.stopped) throw new CommandError('stopped: what is on stdout is not whole');
    work.deps.stdout.write(piece);
    size += Buffer.byteLength(piece);
  }
  return size;
};

const summary = (count: number, size: number, { output, withContent }: Options, { redacted, missing }: Work): string => [
  `${many(count, 'session')}, ${withContent ? 'with what was said' : 'numbers only'}: ${bytes(size)}${output === undefined ? '' : ` in ${output}`}.${redacted > 0 ? ` ${many(redacted, 'secret')} taken out.` : ''}`,
  ...missing.slice(0, 10).map((sentence) => `Left out: ${sentence}`),
  ...(missing.length > 10 ? [`Left out: ${missing.length - 10} more`] : []),
  '',
].join('\n');
