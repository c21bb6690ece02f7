import { Command } from 'commander';
import type { Argument } from 'commander';
import { addAgent } from './commands/agent.ts';
import { addBackfill } from './commands/backfill.ts';
import { addBudget } from './commands/budget.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addHub, addOpen } from './commands/hub.ts';
import { addLedger } from './commands/ledger.ts';
import { addList } from './commands/list.ts';
import { addDoctor, addExporter, addInfo } from './commands/machine.ts';
import { addHooks } from './commands/hooks.ts';
import { addMcp } from './commands/mcp.ts';
import { addMemory } from './commands/memory.ts';
import { addMonitor } from './commands/monitor.ts';
import { addExplain, addHealth, addShow } from './commands/one-session.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addReplay } from './commands/replay.ts';
import { addRecommend } from './commands/recommend.ts';
import { addService } from './commands/service.ts';
import { addShare } from './commands/share.ts';
import { addStatusLine } from './commands/statusline.ts';
import { addDescribe, addSetProject, addTag, addUntag } from './commands/tag.ts';
import { addCurrent } from './commands/current.ts';
import { addRun } from './commands/run.ts';
import { addSearch } from './commands/search.ts';
import type { Deps } from './deps.ts';
import { exitCodes } from './exit-codes.ts';
import { lookOf } from './terminal.ts';

/** The whole command line. `runProgram` runs it. */
export const createProgram = (deps: Deps): Command => {
  const { width, paint } = lookOf(deps.stdout, deps.variables);
  const program = new Command('watchroom')
    .description('Finds the AI coding sessions of this machine, counts them exactly and publishes them to Prometheus.')
    .version(deps.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showHelpAfterError('(--help says what there is)')
    .configureOutput({
      writeOut: (text) => deps.stdout.write(text),
      writeErr: (text) => deps.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'watchroom: ')),
      getOutHelpWidth: () => Math.min(width, 100),
      getErrHelpWidth: () => Math.min(width, 100),
      getOutHasColors: () => paint('bold', 'x') !== 'x',
      getErrHasColors: () => paint('bold', 'x') !== 'x',
    })
    .configureHelp({ showGlobalOptions: false, subcommandTerm: termOf, styleTitle: (text) => paint('bold', text) })
    .exitOverride();
  addExporter(program, deps);
  addAgent(program, deps);
  addList(program, deps);
  addMonitor(program, deps);
  addStatusLine(program, deps);
  addShow(program, deps);
  addHealth(program, deps);
  addExplain(program, deps);
  addTag(program, deps);
  addUntag(program, deps);
  addSetProject(program, deps);
  addDescribe(program, deps);
  addRecommend(program, deps);
  addReplay(program, deps);
  addExport(program, deps);
  addImport(program, deps);
  addDoctor(program, deps);
  addInfo(program, deps);
  addBudget(program, deps);
  addBackfill(program, deps);
  addLedger(program, deps);
  addSearch(program, deps);
  addMemory(program, deps);
  addRun(program, deps);
  addCurrent(program, deps);
  addMcp(program, deps);
  addHooks(program, deps);
  addHub(program, deps);
  addOpen(program, deps);
  addShare(program, deps);
  addConfig(program, deps);
  addService(program, deps);
  addCompletion(program, deps);
  program.addHelpText('after', `
Examples:
  $ watchroom list               # what runs and what ran lately
  $ watchroom show 1af7          # one session, by a pid or a part of its id
  $ watchroom exporter           # /metrics and a live page on this machine
  $ watchroom doctor             # when something is missing or zero

Exit codes:
${Object.values(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}`);
  return program;
};

/** Its name and what it is about. That it has options is true of every command, and would leave no room for the words beside it. */
const termOf = (command: Command): string => [command.name(), ...command.registeredArguments.map(nameOfArgument)].join(' ');

const nameOfArgument = (argument: Argument): string => {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
};
