import type { Stream } from './terminal.ts';

/** Says on stderr what takes long, once it takes more than a second and somebody looks. The line is gone when it is done. */
export const withProgress = async <Result>(stderr: Stream, doing: string, work: Promise<Result>): Promise<Result> => {
  if (!stderr.isTTY) return work;
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    stderr.write(`\r${doing} … ${seconds} s`);
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (seconds > 0) stderr.write('\r\u001b[K');
  }
};
