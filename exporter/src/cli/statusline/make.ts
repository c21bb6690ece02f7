import type { NowAsk } from '../../session/now.ts';
import type { Paint } from '../terminal.ts';
import { askExporter } from './ask-exporter.ts';
import type { LineFlags } from './flags.ts';
import { statusData, statusText } from './line.ts';
import type { StatusData } from './line.ts';
import { reportLimits } from './report.ts';
import { toldOf } from './told.ts';

export interface LineWorld {
  readonly stateFolder: string;
  /** What stands on stdin; not asked for tmux, which never ends it. */
  readonly input: () => Promise<string>;
  readonly now: number;
  readonly pid: number;
  /** NO_COLOR */
  readonly colours: boolean;
}

/** The status line, and what it was made of. What Claude Code reported of rate limits is kept for the exporter. */
export const makeLine = async (flags: LineFlags, { stateFolder, input, now, pid, colours }: LineWorld): Promise<{ readonly text: string; readonly data: StatusData }> => {
  const told = flags.tmux ? undefined : toldOf(await input());
  const page = await askExporter(stateFolder, askOf(flags, told?.sessionId));
  if (told) reportLimits(stateFolder, told.rateLimits, { now, pid });
  const facts = { told, page, now };
  return { text: statusText(facts, { paint: paintOf(flags, colours), parts: flags.show, width: flags.width }), data: statusData(facts) };
};

const askOf = ({ session, cwd }: LineFlags, told: string | undefined): NowAsk => {
  if (told !== undefined) return { session: `claude/${told}` };
  if (session !== undefined) return { session };
  return { limit: 1, ...(cwd === undefined ? {} : { cwd }) };
};

/** tmux has styles of its own and reads # as the beginning of one. */
const paintOf = ({ tmux }: LineFlags, colours: boolean): Paint => {
  if (!colours) return (_style, text) => text;
  if (tmux) return (style, text) => (text === '' ? '' : `#[fg=${tmuxColours[String(style)] ?? 'default'}]${text}#[default]`);
  return (style, text) => (text === '' ? '' : `\u001b[${ansiColours[String(style)] ?? 0}m${text}\u001b[0m`);
};

/** By hand: node:util's styleText takes a millisecond to load. */
const ansiColours: Readonly<Record<string, number>> = { green: 32, yellow: 33, red: 31, blue: 34, dim: 2 };

const tmuxColours: Readonly<Record<string, string>> = { green: 'green', yellow: 'yellow', red: 'red', dim: 'brightblack', blue: 'blue' };
