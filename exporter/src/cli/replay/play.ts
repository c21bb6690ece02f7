import type { EpochMs } from '../../session/part.ts';
import type { Deps } from '../deps.ts';
import { longTime, many, usd } from '../figures.ts';
import { momentLine } from '../views/timeline.ts';
import type { Moment, TimelineView } from '../views/timeline.ts';
import { Controls } from './controls.ts';
import { listenForKeys } from './keys.ts';

interface Playing {
  readonly deps: Deps;
  readonly view: TimelineView;
  readonly speed: number;
}

/** Shows one moment after the other; on a terminal keys lead it, and the last line says which. */
export const play = async (moments: readonly Moment[], { deps, view, speed }: Playing): Promise<void> => {
  const controls = new Controls(speed, deps.now);
  let shown = 0;
  const drawKeys = (): void => void deps.stdout.write(`\r\u001b[K${view.paint('dim', keysLine(controls, shown, moments.length).slice(0, view.width - 1))}`);
  const stopKeys = deps.stdout.isTTY ? listenForKeys(deps.stdin, (key) => { if (controls.press(key)) drawKeys(); }) : undefined;
  const write = (text: string): void => void deps.stdout.write(`${stopKeys ? '\r\u001b[K' : ''}${text}\n`);
  void deps.ending?.then(() => controls.stop());
  try {
    let before: EpochMs | undefined;
    for (const moment of moments) {
      if (stopKeys) drawKeys();
      await controls.wait(moment.at === undefined || before === undefined ? 0 : moment.at - before);
      if (controls.isOver) break;
      write(momentLine(moment, view));
      shown += 1;
      before = moment.at ?? before;
    }
    if (!controls.isOver) write(`\n${view.paint('dim', ending(moments))}`);
    else if (stopKeys) deps.stdout.write('\r\u001b[K');
  } finally {
    stopKeys?.();
  }
};

const keysLine = ({ speed, stands }: Controls, shown: number, of: number): string =>
  `${stands ? '⏸' : '▶'} ${speed === Infinity ? 'max' : `${speed >= 1 ? Math.round(speed * 10) / 10 : `1/${Math.round(1 / speed)}`}×`}  ${shown} of ${of}   space ${stands ? 'go on' : 'pause'}  n next  + − speed  e to the end  q quit`;

const ending = (moments: readonly Moment[]): string => {
  const [first, last] = [moments.find(({ at }) => at !== undefined)?.at, moments.findLast(({ at }) => at !== undefined)?.at];
  const cost = moments.at(-1)?.costUsd;
  return [many(moments.length, 'moment'), first === undefined || last === undefined ? '' : longTime(last - first), cost === undefined ? '' : `${usd(cost)} API-equivalent`].filter(Boolean).join(' · ');
};
