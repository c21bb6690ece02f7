import pino from 'pino';
import type { Logger } from 'pino';
import type { Writable } from 'node:stream';
import type { Config } from '../config/settings.ts';

/**
 * The log: one line per event with fields, to stderr. JSON for collectors, or words for people.
 * Nothing of a session's text is ever logged; paths are those of folders and files of the tools.
 */
export const createLog = ({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>, stderr: Pick<Writable, 'write'>): Logger =>
  pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, logFormat === 'json' ? stderr : { write: (line: string) => void stderr.write(inWords(line)) });

/** {"level":"warn","time":"…","msg":"scan failed","tool":"codex"} → "09:15:02 warn  scan failed  tool=codex". */
const inWords = (line: string): string => {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: string; time: string; msg?: string } & Record<string, unknown>;
  const said = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value)}`);
  return `${[time.slice(11, 19), level.padEnd(5), msg ?? '', ...said].join(' ')}\n`;
};
