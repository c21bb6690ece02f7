import type { ProcessDescriptor } from 'ps-list';
import type { EpochMs } from '../session/part.ts';
import { splitWindowsLine } from './command-line.ts';
import type { OsProcess } from './process-table.ts';
import type { Run } from './run.ts';

/** PowerShell takes most of a second: known processes are asked about this often … */
const queryEveryMs = 60_000;
/** … and new ones this often. */
const queryNewEveryMs = 10_000;

/** Names worth a look at their command line: the tools' own programs and the interpreters they run in. */
const interesting = /^(node|bun|python[\d.]*w?|claude|codex.*|gemini|qwen|opencode|opencode-cli|copilot|amp|agent|cursor-agent|aider|windsurf)\.exe$/i;

/** One JSON object per process; times as milliseconds since 1970, because PowerShell 5 and 7 write dates differently. */
const query = [
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
  "Get-CimInstance Win32_Process | Select-Object ProcessId, ParentProcessId, Name, CommandLine, ExecutablePath, WorkingSetSize, KernelModeTime, UserModeTime, @{ Name = 'StartedAt'; Expression = { ([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds() } } | ConvertTo-Json -Compress",
].join('; ');

interface WindowsOptions {
  readonly now: () => EpochMs;
  readonly list: () => Promise<readonly ProcessDescriptor[]>;
  readonly run: Run;
}

/** Processes from ps-list, which knows only names here; command lines, times and memory from Win32_Process. Windows tells nobody a cwd. */
export const windowsTable = ({ now, list, run }: WindowsOptions): (() => Promise<readonly OsProcess[]>) => {
  let queried: ReadonlyMap<number, OsProcess> = new Map();
  let queriedAt = -Infinity;
  let works = true;

  const ask = async (): Promise<void> => {
    queriedAt = now();
    works = false;
    queried = new Map(parseProcesses(await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query])).map((answer) => [answer.pid, keepArgv(queried.get(answer.pid), answer)]));
    works = true;
  };
  const isDue = (appeared: boolean): boolean => now() - queriedAt >= (appeared && works ? queryNewEveryMs : queryEveryMs);

  return async () => {
    const names = await list().catch(() => undefined); // ps-list brings no program for Windows on ARM
    if (!names) {
      if (isDue(true)) await ask();
      return [...queried.values()];
    }
    const worthALook = names.filter(({ name }) => interesting.test(name));
    const appeared = worthALook.some(({ pid, name }) => queried.get(pid)?.name !== name);
    if (worthALook.length > 0 && isDue(appeared)) await ask().catch(() => undefined); // names alone still find claude.exe
    return names.map(({ pid, ppid, name }) => known(queried.get(pid), name) ?? { pid, parentPid: ppid, name, argv: [name] });
  };
};

const known = (process: OsProcess | undefined, name: string): OsProcess | undefined => (process?.name === name ? process : undefined);

const keepArgv = (before: OsProcess | undefined, answer: OsProcess): OsProcess => (before?.argv.join('\0') === answer.argv.join('\0') ? { ...answer, argv: before.argv } : answer);

interface Win32Process {
  readonly ProcessId: number;
  readonly ParentProcessId?: number | null;
  readonly Name: string;
  readonly CommandLine?: string | null;
  readonly ExecutablePath?: string | null;
  readonly WorkingSetSize?: number | null;
  readonly KernelModeTime?: number | null;
  readonly UserModeTime?: number | null;
  readonly StartedAt?: number | null;
}

const parseProcesses = (json: string): OsProcess[] => {
  const printed: unknown = JSON.parse(json.replace(/^\uFEFF/, ''));
  return (Array.isArray(printed) ? printed : [printed]).filter(isProcess).map(fromWin32);
};

const isProcess = (value: unknown): value is Win32Process => typeof value === 'object' && value !== null && 'ProcessId' in value && typeof value.ProcessId === 'number' && 'Name' in value && typeof value.Name === 'string';

const fromWin32 = ({ ProcessId, ParentProcessId, Name, CommandLine, ExecutablePath, WorkingSetSize, KernelModeTime, UserModeTime, StartedAt }: Win32Process): OsProcess => ({
  pid: ProcessId,
  name: Name,
  argv: CommandLine ? splitWindowsLine(CommandLine) : [Name],
  ...(ParentProcessId ? { parentPid: ParentProcessId } : {}),
  ...(ExecutablePath ? { executable: ExecutablePath } : {}),
  ...(StartedAt ? { startedAt: StartedAt } : {}),
  ...(typeof WorkingSetSize === 'number' ? { residentBytes: WorkingSetSize } : {}),
  // In units of 100 nanoseconds.
  ...(typeof KernelModeTime === 'number' && typeof UserModeTime === 'number' ? { cpuSeconds: (KernelModeTime + UserModeTime) / 1e7 } : {}),
});
