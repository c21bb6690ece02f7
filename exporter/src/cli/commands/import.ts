import type { Command } from 'commander';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Carried } from '../../exchange/document.ts';
import { readDocument } from '../../exchange/read.ts';
import { sessionId } from '../../session/session.ts';
import type { Session } from '../../session/session.ts';
import { tools } from '../../session/tool.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { many } from '../figures.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { withBackend } from '../start.ts';

interface Options {
  readonly sessionId?: string;
  readonly remove?: string;
  readonly format: Format;
}

/** watchroom import */
export const addImport = (program: Command, deps: Deps): void => {
  const command = program.command('import [files...]').summary('take in exported sessions')
    .description('Takes in sessions that export wrote, as JSON or YAML, of this version or an older one, also what list --format json printed. They are listed, shown, exported and replayed like others, and counted nowhere: not in metrics, budgets or history, and no hub is told of them.\nAll sessions of all files are taken in, or none. docs/export.md has more.')
    .option('--session-id <id>', 'take a single session in under another id')
    .option('--remove <session>', 'take an imported session out again');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((files: readonly string[], options: Options) => {
    if (options.remove !== undefined && files.length > 0) throw new CommandError('import takes either files or --remove, not both', 'usage');
    if (options.remove === undefined && files.length === 0) throw new CommandError('import needs a file. Try: watchroom import session.json', 'usage');
    return options.remove === undefined ? takeIn(command, deps, files, options) : takeOut(command, deps, options.remove, options);
  });
  withExamples(command, [
    ['watchroom import session.json', 'a session of another machine'],
    ['watchroom import session.yaml --session-id claude/yesterday', 'beside the one that is here'],
    ['watchroom import --remove claude/yesterday', 'out again'],
  ]);
};

const takeIn = (command: Command, deps: Deps, files: readonly string[], { sessionId: asked, format }: Options): Promise<void> => {
  const carried = renamed(files.flatMap((file) => readFile(resolve(deps.cwd, file), file)), asked);
  return withBackend(command, deps, async (backend) => {
    const known = new Map((await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true }))).map((session) => [session.id, session]));
    refuseOwn(carried, known);
    const again = carried.filter(({ session }) => known.has(session.id)).length;
    await backend.imports.add(carried);
    print(deps, format, {
      data: () => ({ imported: carried.map(({ session }) => session.id), replaced: again }),
      text: () => `Imported ${many(carried.length, 'session')}${again > 0 ? ` (${again} anew)` : ''}:\n${carried.slice(0, 20).map(({ session }) => `  ${session.id}`).join('\n')}${carried.length > 20 ? `\n  … and ${carried.length - 20} more` : ''}`,
    });
  });
};

const takeOut = (command: Command, deps: Deps, name: string, { format }: Options): Promise<void> =>
  withBackend(command, deps, async (backend) => {
    const { id } = findSession(name, await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true })));
    if (!(await backend.imports.remove(id))) throw new CommandError(`${id} was not imported: it is this machine's own`);
    print(deps, format, { data: () => ({ removed: id }), text: () => `${id} is out again.` });
  });

const mostBytes = 512 * 2 ** 20;

const readFile = (path: string, name: string): readonly Carried[] => {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > mostBytes) throw new CommandError(`${name} is too large (${Math.round(size / 2 ** 20)} MiB, at most ${mostBytes / 2 ** 20}). Export fewer sessions into each file`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot read ${name} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  try {
    const { sessions } = readDocument(text);
    if (sessions.length > 0) return sessions;
  } catch (error) {
    throw new CommandError(`${name} cannot be imported: ${error instanceof Error ? error.message : String(error)}. Nothing was imported`);
  }
  throw new CommandError(`${name} has no session in it`);
};

/** Under the id that was asked for, of the same tool. */
const renamed = (carried: readonly Carried[], asked: string | undefined): readonly Carried[] => {
  const twice = carried.find(({ session }, index) => carried.findIndex((other) => other.session.id === session.id) < index);
  if (twice) throw new CommandError(`${twice.session.id} is there twice. Import one file at a time`);
  if (asked === undefined) return carried;
  if (carried.length > 1) throw new CommandError(`--session-id names one session, and there are ${carried.length}`, 'usage');
  const [one] = carried;
  const slash = asked.indexOf('/');
  const named = slash === -1 ? one!.session.tool : asked.slice(0, slash);
  const tool = tools.find((each) => each === named);
  const nativeId = asked.slice(slash + 1);
  if (tool === undefined) throw new CommandError(`--session-id ${JSON.stringify(asked)}: the tool must be one of ${tools.join(', ')}`, 'usage');
  if (!/^[\w.:-]{1,200}$/.test(nativeId)) throw new CommandError(`--session-id must be letters, digits and -_.: after the tool, got ${JSON.stringify(asked)}`, 'usage');
  return [{ ...one!, session: { ...one!.session, id: sessionId(tool, nativeId), tool, nativeId } }];
};

/** What this machine counted itself is not covered up. */
const refuseOwn = (carried: readonly Carried[], known: ReadonlyMap<string, Session>): void => {
  const own = carried.filter(({ session }) => known.has(session.id) && !/[\\/]imports[\\/][0-9a-f]{32}\.json$/.test(known.get(session.id)!.sources[0] ?? ''));
  if (own.length === 0) return;
  const [first] = own;
  throw new CommandError(`${own.length === 1 ? `${first!.session.id} is a session of this machine` : `${own.length} of them are sessions of this machine, the first ${first!.session.id}`}. ${carried.length === 1 ? `Take it in under another id: --session-id ${first!.session.tool}/copy-of-${first!.session.nativeId.slice(0, 8)}` : 'Nothing was imported'}`);
};
