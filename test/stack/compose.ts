import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { variablesOf } from '../../scripts/setup-stack/env-file.ts';
import { interpolate } from './interpolate.ts';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
export const textOf = (path: string): string => readFileSync(repository + path, 'utf8');

/** docker-compose.yml, as much of it as this stack uses. */
export interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Service {
  readonly profiles?: readonly string[];
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly user: string;
  readonly pid?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly restart?: string;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly env_file?: readonly { readonly path: string; readonly required: boolean }[];
  readonly volumes: readonly Mount[];
  readonly secrets?: readonly string[];
  readonly tmpfs: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
}

export interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly bind?: { readonly create_host_path: boolean };
}

/** What setup:stack would write for Ada. */
export const adasVariables: Readonly<Record<string, string>> = {
  ...Object.fromEntries(variablesOf(textOf('.env.example'))),
  WATCHROOM_EXPORTER: 'container', COMPOSE_PROFILES: 'container', WATCHROOM_UID: '1000', WATCHROOM_GID: '1000', WATCHROOM_HOME: '/home/ada', WATCHROOM_TIMEZONE: 'Europe/Berlin',
};

/** The repository's docker-compose.yml with these variables. */
export const readCompose = (variables: Readonly<Record<string, string>> = adasVariables): Compose => {
  const compose = everyText(parse(textOf('docker-compose.yml'), { merge: true }), (text) => interpolate(text, variables)) as Compose;
  return { ...compose, services: Object.fromEntries(Object.entries(compose.services).map(([name, service]) => [name, { ...service, environment: service.environment ?? {} }])) };
};

const everyText = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => everyText(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyText(item, change)]));
};

/** Services that `docker compose up` starts: those without a profile, and those of COMPOSE_PROFILES. */
export const started = ({ services }: Compose, profiles: string): readonly string[] =>
  Object.entries(services).flatMap(([name, { profiles: own = [] }]) => (own.length === 0 || own.some((one) => profiles.split(',').includes(one)) ? [name] : []));
