import { createSocket } from 'node:dgram';
import { BlockList, isIPv6 } from 'node:net';
import type { networkInterfaces } from 'node:os';

/** Addresses of this machine by which its local networks reach it, the one most others use first. Those of the Internet are none. */
export const localAddresses = async (interfaces: ReturnType<typeof networkInterfaces>): Promise<readonly string[]> => {
  const found = Object.values(interfaces).flatMap((all) => all ?? []).filter(({ internal, address }) => !internal && isLocal(address)).map(({ address }) => address);
  const usual = await usualAddress();
  return found.sort((a, b) => Number(b === usual) - Number(a === usual) || Number(isIPv6(a)) - Number(isIPv6(b)));
};

const local = new BlockList();
for (const [net, bits] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16]] as const) local.addSubnet(net, bits, 'ipv4');
local.addSubnet('fc00::', 7, 'ipv6');

const isLocal = (address: string): boolean => local.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** The address that the way out of here begins with. Connecting a datagram socket asks the routing table; nothing is sent. */
const usualAddress = (): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (address?: string): void => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => done());
    socket.connect(9, '203.0.113.1', () => done(socket.address().address)); // an address of nobody (RFC 5737)
  });
