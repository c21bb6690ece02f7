import type { Loaded } from '../../config/load.ts';
import { sessionStates } from '../../session/session.ts';
import type { Info } from '../backend.ts';
import { bytes, clockTime, longNumber } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Look } from '../terminal.ts';

/** Version, places and counts: what one pastes into an issue. */
export const infoText = (info: Info, { file, config }: Pick<Loaded, 'file' | 'config'>, { paint }: Look): string => {
  const { ledger, exporter } = info;
  const all = sessionStates.reduce((sum, state) => sum + info.sessions[state], 0);
  const lines: readonly (readonly [string, string])[] = [
    ['Watchroom', `${info.version}${info.revision ? ` (${info.revision})` : ''}`],
    ['Node.js', `${info.node} on ${info.platform}`],
    ['Home', info.home],
    ['Configuration', `${file.path}${file.exists ? '' : ' (not there: defaults)'}`],
    ['Ledger', `${ledger.path ?? 'in memory'}${ledger.durable ? '' : ` (not durable${ledger.problem ? `: ${ledger.problem}` : ''})`}`],
    ['', `id ${ledger.id}, ${bytes(ledger.sizeBytes)}, counting since ${clockTime(ledger.createdAt, config.timezone)}`],
    ['Exporter', exporter ? `running, pid ${exporter.pid}${exporter.url ? `, ${exporter.url}` : ''}${exporter.since === undefined ? '' : `, since ${clockTime(exporter.since, config.timezone)}`}` : 'not running. Start it: watchroom exporter'],
    ['Sessions', `${longNumber(all)}: ${sessionStates.map((state) => `${longNumber(info.sessions[state])} ${state}`).join(', ')}`],
    ['Files', longNumber(info.files)],
  ];
  return lines.map(([name, value]) => `${paint('dim', name.padEnd(15))}${safeText(value)}`).join('\n');
};
