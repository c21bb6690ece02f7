import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export const cores = availableParallelism();

/** One line about the machine: the numbers of a run are compared with each other, never with another machine's. */
export const machineLine = (): string => `${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()}, Node ${process.versions.node}`;

/** What /proc counts in, per second. */
const ticksPerSecond = 100;

/** CPU seconds that all programs of the machine have used since it started; what a hypervisor took away counts too. */
export const busySeconds = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
};

/** Parts of the machine (0–1) that others used while something of ours ran. */
export class Disturbance {
  readonly #busyBefore = busySeconds();
  readonly #ownBefore = process.cpuUsage();
  readonly #since = performance.now();

  /** @param ours CPU seconds of the programs that were measured meanwhile */
  othersShare(ours: number): number {
    const own = process.cpuUsage(this.#ownBefore);
    const seconds = (performance.now() - this.#since) / 1000;
    return Math.max(0, busySeconds() - this.#busyBefore - ours - (own.user + own.system) / 1e6) / (seconds * cores);
  }
}

/** Waits until nothing else uses the CPU, at most so long. */
export const untilQuiet = async (atMostSeconds = 30): Promise<void> => {
  for (const until = performance.now() + atMostSeconds * 1000; performance.now() < until;) {
    const watching = new Disturbance();
    await sleep(400);
    if (watching.othersShare(0) < 0.03) return;
  }
};
