import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects this thread's garbage, gives the memory back to the system and keeps it small from then on: after a start or a long scan V8 holds
 * on to what that needed, as if another would follow. It takes a tenth of a second.
 */
export const giveBackMemory = (): void => {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1'); // what scrapes leave behind is collected sooner: it would be 50 MB before long
  collect ??= findCollector();
  collect?.({ type: 'major', flavor: 'last-resort' });
};

/**
 * Whether each thread collects its young garbage alone. While several threads read it is quicker so: the helpers V8 wakes for a few megabytes take
 * their turns on the same cores (a cold scan of 2 GB on two cores: a thirtieth of its CPU). At rest the helpers are quicker.
 */
export const collectAlone = (alone: boolean): void => setFlagsFromString(alone ? '--no-parallel-scavenge' : '--parallel-scavenge');

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;
let collect: Collect | undefined;

/** V8 shows its collector only to contexts that are made while this flag is set. */
const findCollector = (): Collect | undefined => {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext("typeof gc === 'function' ? gc : undefined") as Collect | undefined;
  setFlagsFromString('--no-expose-gc');
  return found;
};
