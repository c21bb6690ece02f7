import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** Two machines of one local network, as Linux has them: network namespaces joined by a cable. */
export interface TwoNetworks {
  /** Of the first, in the network of both. */
  readonly address: string;
  /** What a command line begins with to run there. */
  readonly inFirst: readonly string[];
  readonly inSecond: readonly string[];
  readonly remove: () => void;
}

/** `describe` for what needs them; where they cannot be had it is skipped with the reason, also with CI=true: not every machine may make them. */
export const withTwoNetworks = (title: string, body: () => void): void => {
  const reason = hindrance();
  if (reason === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${reason})`, body);
};

export const makeTwoNetworks = (): TwoNetworks => {
  const [first, second] = [nameOf('a'), nameOf('b')];
  const [address, other] = ['10.213.7.1', '10.213.7.2'];
  ip('netns', 'add', first);
  ip('netns', 'add', second);
  ip('link', 'add', 'cable0', 'netns', first, 'type', 'veth', 'peer', 'name', 'cable0', 'netns', second);
  for (const [name, own] of [[first, address], [second, other]] as const) {
    ip('-n', name, 'address', 'add', `${own}/24`, 'dev', 'cable0');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'cable0', 'up');
  }
  return { address, inFirst: ['ip', 'netns', 'exec', first], inSecond: ['ip', 'netns', 'exec', second], remove: () => [first, second].forEach((name) => ip('netns', 'delete', name)) };
};

let made = 0;
const nameOf = (which: string): string => `wr-${process.pid}-${(made += 1)}${which}`;

const ip = (...args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
};

const hindrance = (): string | undefined => {
  if (process.platform !== 'linux') return 'network namespaces are Linux\'s';
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  try {
    makeTwoNetworks().remove();
    return undefined;
  } catch (error) {
    return `no network namespaces here (${(error as Error).message})`;
  }
};
