import { toolNames } from '../../session/tool.ts';
import type { Diagnosis, RootDiagnosis, ToolDiagnosis } from '../backend.ts';
import { bytes, longNumber, many, shortNumber } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Look } from '../terminal.ts';
import { hanging } from '../wrap.ts';

/** Where was looked, what was found, what could not be read, and why a number is zero: tool by tool. */
export const diagnosisText = (diagnosis: Diagnosis, home: string, look: Look): string => {
  const { tools, processes, ledger } = diagnosis;
  const sessions = tools.reduce((sum, tool) => sum + tool.sessions, 0);
  const found = tools.filter(hasSomething);
  const nothing = tools.filter((tool) => !hasSomething(tool));
  return [
    ...found.map((tool) => toolText(tool, home, look)),
    ...(nothing.length > 0 ? [[look.paint('bold', 'Nothing found'), ...nothing.map((tool) => quietText(tool, home, look))].join('\n')] : []),
    processText(processes, tools, look),
    `Ledger       ${safeText(ledger.path ?? 'in memory')}, ${bytes(ledger.sizeBytes)}${ledger.durable ? '' : look.paint('yellow', `, not durable: ${ledger.problem ?? 'counters will not survive'}`)}`,
    sessions > 0 ? `${many(sessions, 'session')} of ${many(tools.filter((tool) => tool.sessions > 0).length, 'tool')}. Next: watchroom list` : startHint(look.width),
  ].join('\n\n');
};

const startHint = (width: number): string =>
  [
    'No session was found. Watchroom looks in the folders above and at the running processes.',
    hanging('- ', 'Use one of the tools, then look again; nothing has to be set up.', width),
    hanging('- ', 'Sessions kept elsewhere: add their folder under roots (watchroom config init), or look at another home with --home DIR.', width),
    hanging('- ', 'Just trying it out, in a checkout of Watchroom: npm start -- --home examples/home', width),
  ].join('\n');

const hasSomething = (tool: ToolDiagnosis): boolean => tool.sessions > 0 || tool.files > 0 || tool.processes > 0 || tool.unreadable.length > 0 || tool.roots.some(({ problem }) => problem);

const toolText = (tool: ToolDiagnosis, home: string, { paint }: Look): string => {
  const facts = [many(tool.sessions, 'session'), many(tool.files, 'file'), ...(tool.processes > 0 ? [many(tool.processes, 'process', 'processes')] : []), ...(tool.tokens === undefined ? [] : [`${shortNumber(tool.tokens)} tokens`])];
  const broken = Object.entries(tool.parseErrors).filter(([, count]) => count > 0);
  return [
    `${paint('bold', toolNames[tool.tool])}  ${facts.join(' · ')}`,
    ...tool.roots.map((root) => rootText(root, home, paint)),
    ...tool.unreadable.slice(0, 5).map(({ path, reason }) => `  ${paint('red', '✗')} ${tidy(path, home)}: ${reason}.${adviceFor(reason)}`),
    ...(tool.unreadable.length > 5 ? [`  ${paint('red', '✗')} … and ${tool.unreadable.length - 5} more that cannot be read`] : []),
    ...(broken.length > 0 ? [`  ${paint('yellow', '!')} records left out: ${broken.map(([reason, count]) => `${longNumber(count)} ${reason.replaceAll('_', ' ')}`).join(', ')}`] : []),
    ...(tool.unknownRecords > 0 ? [`  ${paint('yellow', '!')} ${many(tool.unknownRecords, 'record')} of a kind this version does not know`] : []),
    ...whyZero(tool).map((reason) => `  ${paint('dim', reason)}`),
  ].join('\n');
};

const rootText = ({ path, exists, files, problem }: RootDiagnosis, home: string, paint: Look['paint']): string => {
  if (problem) return `  ${paint('red', '✗')} ${tidy(path, home)}: ${problem}.${adviceFor(problem)}`;
  return exists ? `  ${paint('green', '✓')} ${tidy(path, home)}  ${many(files, 'file')}` : `  ${paint('dim', `– ${tidy(path, home)}  not there`)}`;
};

const quietText = (tool: ToolDiagnosis, home: string, { width }: Look): string => hanging(`  ${toolNames[tool.tool].padEnd(22)}`, whyQuiet(tool, home), width);

const whyQuiet = ({ enabled, processOnly, roots }: ToolDiagnosis, home: string): string => {
  if (!enabled) return 'switched off (tools.disabled or --no-collector)';
  if (processOnly) return 'no process of it runs; it is known by its processes alone';
  const there = roots.filter(({ exists }) => exists).map(({ path }) => tidy(path, home));
  if (there.length > 0) return `nothing in ${there.join(', ')}`;
  return roots.length > 0 ? `not there: ${roots.map(({ path }) => tidy(path, home)).join(', ')}` : 'no folder of it is known on this system';
};

/** The reasons behind zeros that make people ask. */
const whyZero = (tool: ToolDiagnosis): string[] => [
  ...(tool.files > 0 && tool.sessions === 0 ? ['0 sessions: the files hold no conversation yet, or none that could be read'] : []),
  ...(tool.sessions > 0 && tool.processes === 0 && !tool.processOnly ? ['0 processes: none runs now, or the process table does not show it (another user\'s, a container\'s)'] : []),
  ...(tool.processes > 0 && tool.files === 0 && !tool.processOnly ? ['0 files: it runs, but keeps its transcripts in none of these folders. Add the right one under `roots` in the configuration'] : []),
  ...(tool.sessions > 0 && tool.tokens === undefined ? ['no tokens: the tool records none; estimates are marked ~'] : []),
  ...(tool.sessions > 0 && tool.tokens === 0 ? ['0 tokens: no call in these sessions reports its use'] : []),
  ...(tool.unpricedTokens ? [`${shortNumber(tool.unpricedTokens)} tokens have no price: watchroom list shows ≥ before the cost`] : []),
];

const processText = ({ seen, problem }: Diagnosis['processes'], tools: readonly ToolDiagnosis[], { paint }: Look): string => {
  const matched = tools.reduce((sum, { processes }) => sum + processes, 0);
  return `Processes    ${problem ? paint('red', `${problem}: sessions are shown, but not which of them run`) : `${longNumber(seen)} seen, ${longNumber(matched)} of them of these tools`}`;
};

const adviceFor = (reason: string): string => {
  if (/EACCES|EPERM|permission/i.test(reason)) return ' Run as the user who owns it, or give read access.';
  if (/large/i.test(reason)) return ' It is left out to keep memory bounded.';
  return '';
};

const tidy = (path: string, home: string): string => safeText(path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
