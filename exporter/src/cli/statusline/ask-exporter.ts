import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { NowAsk, NowPage } from '../../session/now.ts';

/** Longer, and the line comes without what it knows. */
const usualPatienceMs = 250;

/**
 * The present as the exporter of this state folder tells it; undefined: none runs, it wants a password, or it took too long.
 * By a bare socket: fetch and node:http take longer to load than the whole line may.
 */
export const askExporter = async (folder: string, ask: NowAsk, patienceMs = usualPatienceMs): Promise<NowPage | undefined> => {
  const address = addressOf(folder);
  if (!address) return undefined;
  const query = Object.entries(ask).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  const answer = await exchange(address, `GET /api/now.json?${query} HTTP/1.0\r\nHost: ${address.host}:${address.port}\r\n\r\n`, patienceMs);
  if (!answer || !/^HTTP\/1\.\d 200 /.test(answer)) return undefined;
  try {
    const page = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as NowPage;
    return page.schema === 1 && Array.isArray(page.sessions) ? page : undefined;
  } catch {
    return undefined;
  }
};

interface Address { readonly host: string; readonly port: number }

/** Of plain http only. By a pattern: URL takes its time to load as well. */
const addressOf = (folder: string): Address | undefined => {
  try {
    const { address } = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { readonly address?: string };
    const [, host, port] = /^http:\/\/(\[[^\]]+\]|[^/:]+):(\d+)\//.exec(address ?? '') ?? [];
    return host === undefined ? undefined : { host, port: Number(port) };
  } catch {
    return undefined;
  }
};

const exchange = ({ host, port }: Address, request: string, patienceMs: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const pieces: Buffer[] = [];
    // A name would be looked up in a thread of its own; every exporter that calls itself localhost listens here.
    const socket = connect({ host: host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''), port });
    const end = (answer: string | undefined): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => end(undefined), patienceMs);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => end(undefined));
    socket.on('end', () => end(Buffer.concat(pieces).toString('utf8')));
  });
