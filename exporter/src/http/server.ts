import type { ListenAddress } from '../config/kinds.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './app.ts';
import { addressText, closeGently, createListener, listen } from './listen.ts';
import { prometheusSnippet } from './snippet.ts';
import { WatchedWebConfig } from './web-config.ts';

export interface ServerOptions extends Omit<AppOptions, 'web' | 'snippet'> {
  readonly listen: ListenAddress;
  /** TLS, users and tokens, in the form of Prometheus exporters. */
  readonly webConfigFile?: string;
}

export interface WebServer {
  /** The page's address for a browser on this machine. */
  readonly url: string;
  readonly port: number;
  /** The lines for prometheus.yml. */
  readonly snippet: string;
  close(): Promise<void>;
}

/** Serves the exporter's pages; rejects with a sentence when it cannot listen. */
export const startServer = async (options: ServerOptions): Promise<WebServer> => {
  const { webConfigFile, listen: address, onProblem = () => {} } = options;
  const web = webConfigFile === undefined ? undefined : new WatchedWebConfig(webConfigFile, onProblem);
  let snippet = '';
  const app = createApp({
    ...options,
    allowedHosts: [...(options.allowedHosts ?? []), ...(address.host === undefined ? [] : [address.host])],
    snippet: () => snippet,
    ...(web ? { web: () => web.current } : {}),
  });
  const { server, scheme } = createListener(app, web);
  const port = await listen(server, address);
  const reached = addressText({ host: isEverywhere(address.host) || address.host === '127.0.0.1' ? 'localhost' : address.host!, port });
  snippet = prometheusSnippet(reached, { scheme, ...(web && web.current.users.size > 0 ? { authorized: true } : {}) });
  return { url: `${scheme}://${reached}/`, port, snippet, close: () => closeGently(server) };
};

const isEverywhere = (host: string | undefined): boolean => host === undefined || host === '0.0.0.0' || host === '::';
