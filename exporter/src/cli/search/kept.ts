import { ownerOf } from '../../ledger/owner.ts';
import type { Keeper } from '../../search/keeper.ts';
import { bytes, longNumber, percent } from '../figures.ts';

/** The keeper, when the exporter it is of still owns the state folder. */
export const liveKeeper = (keeper: Keeper | undefined, stateFolder: string): Keeper | undefined => {
  const owner = keeper && ownerOf(stateFolder);
  return owner?.pid === keeper?.pid && owner && !owner.brief && isAlive(owner.pid) ? keeper : undefined;
};

/** How far the index is, where an exporter is still reading; undefined: it is current. */
export const stillReading = ({ pid, reading }: Keeper): string | undefined =>
  reading && `The exporter (pid ${pid}) is still reading transcripts into the index: ${longNumber(reading.files)} of ${longNumber(reading.ofFiles)}, ${bytes(reading.bytes)} of ${bytes(reading.ofBytes)} (${percent(reading.bytes / Math.max(1, reading.ofBytes))}), the newest first. What it has not read yet is not found.`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
