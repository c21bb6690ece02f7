import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/**
 * The web configuration file of Prometheus exporters: TLS and passwords
 * (https://prometheus.io/docs/prometheus/latest/configuration/https/), and bearer tokens, which those do not have.
 */
export interface WebConfig {
  readonly tls?: TlsConfig;
  /** bcrypt hashes by user name. */
  readonly users: ReadonlyMap<string, string>;
  readonly tokens: readonly string[];
  /** Every file this was read from. */
  readonly files: readonly string[];
}

export interface TlsConfig {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
  readonly clientAuth: ClientAuth;
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}

const clientAuthTypes = ['NoClientCert', 'RequestClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'RequireAndVerifyClientCert'] as const;
export type ClientAuth = (typeof clientAuthTypes)[number];
const versions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

const schema = z.strictObject({
  tls_server_config: z.strictObject({
    cert_file: z.string(),
    key_file: z.string(),
    client_auth_type: z.enum(clientAuthTypes).default('NoClientCert'),
    client_ca_file: z.string().optional(),
    min_version: z.enum(Object.keys(versions) as (keyof typeof versions)[]).default('TLS12'),
  }).optional(),
  basic_auth_users: z.record(z.string(), z.string().regex(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, 'must be a bcrypt hash; make one with: htpasswd -nBC 10 "" | tr -d ":\\n"')).nullish(),
  bearer_token_file: z.string().optional(),
  authorization: z.strictObject({ type: z.literal('Bearer').default('Bearer'), credentials: z.string().min(1).optional(), credentials_file: z.string().optional() }).optional(),
});

/** Reads the file and the files it names; a mistake is an error that says where and what to try. */
export const readWebConfig = (path: string): WebConfig => {
  const file = checked(path);
  const near = (name: string): string => resolve(dirname(path), name);
  const tokenFiles = [file.bearer_token_file, file.authorization?.credentials_file].filter((name) => name !== undefined).map(near);
  const tokens = [file.authorization?.credentials, ...tokenFiles.map(readToken)].filter((token) => token !== undefined);
  const tls = file.tls_server_config;
  return {
    ...(tls ? { tls: readTls(tls, path, near) } : {}),
    users: new Map(Object.entries(file.basic_auth_users ?? {})),
    tokens,
    files: [path, ...tokenFiles, ...[tls?.cert_file, tls?.key_file, tls?.client_ca_file].filter((name) => name !== undefined).map(near)],
  };
};

const checked = (path: string): z.output<typeof schema> => {
  const result = schema.safeParse(parse(readNamed(path, 'the web configuration file')) ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${path}: ${issue!.path.join('.') || 'the file'}: ${issue!.message}`);
};

const readTls = (tls: NonNullable<z.output<typeof schema>['tls_server_config']>, path: string, near: (name: string) => string): TlsConfig => {
  const clientCa = tls.client_ca_file === undefined ? undefined : Buffer.from(readNamed(near(tls.client_ca_file), 'client_ca_file'));
  const verifies = tls.client_auth_type === 'VerifyClientCertIfGiven' || tls.client_auth_type === 'RequireAndVerifyClientCert';
  if (verifies && !clientCa) throw new Error(`${path}: client_auth_type ${tls.client_auth_type} needs a client_ca_file`);
  return {
    cert: Buffer.from(readNamed(near(tls.cert_file), 'cert_file')),
    key: Buffer.from(readNamed(near(tls.key_file), 'key_file')),
    ...(clientCa ? { clientCa } : {}),
    clientAuth: tls.client_auth_type,
    minVersion: versions[tls.min_version],
  };
};

const readToken = (path: string): string => {
  const token = readNamed(path, 'the bearer token file').trim();
  if (token === '') throw new Error(`the bearer token file ${path} is empty`);
  return token;
};

const readNamed = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`cannot read ${what} ${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause });
  }
};

/** The file as it is now: read again when it, a certificate or a token changed. A change that cannot be read leaves what was, and is told once. */
export class WatchedWebConfig {
  readonly #path: string;
  readonly #onProblem: (problem: string) => void;
  #seen: string;
  #config: WebConfig;

  /** Throws when the file cannot be used at all. */
  constructor(path: string, onProblem: (problem: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#config = readWebConfig(path);
    this.#seen = marks(this.#config.files);
  }

  get current(): WebConfig {
    const seen = marks(this.#config.files);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#read();
    }
    return this.#config;
  }

  #read(): void {
    try {
      this.#config = readWebConfig(this.#path);
      this.#seen = marks(this.#config.files);
    } catch (error) {
      this.#onProblem(`the web configuration stays as it was: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const marks = (paths: readonly string[]): string => paths.map(mark).join();

const mark = (path: string): string => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : 'gone';
};
