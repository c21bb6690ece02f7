import { isIPv4 } from 'node:net';

/** An IP address as the bytes it is sent in. */
export const addressBytes = (address: string): Buffer => (isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : sixteenBytes(address));

const sixteenBytes = (address: string): Buffer => {
  const [head = '', tail] = address.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const groups = tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
};

const groupsOf = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));

/** "10.0.0.5:8878", "[fd00::2]:8878": as it stands in an address and in a Host header. */
export const hostOf = (address: string, port: number): string => `${isIPv4(address) ? address : `[${address}]`}:${port}`;
