import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { until } from '../../exporter/test/servers.ts';
import { readCompose, repository } from './compose.ts';
import type { Compose, Service } from './compose.ts';
import { environmentOf, stagesOf, valuesOf } from './dockerfile.ts';

/** How a service of docker-compose.yml is run without Docker. */
export interface Way {
  readonly service: Service;
  readonly compose: Compose;
  /** Where a set-up checkout lies: what "./" in docker-compose.yml means. */
  readonly checkout: string;
  /** The folder that stands for the container's root. */
  readonly root: string;
  /** The program that stands for the image's, and what it is called with before the service's own command line. */
  readonly program: readonly string[];
  /** Words of the files and of the command line, and what stands for them here: addresses of other services, shorter times. */
  readonly here: Readonly<Record<string, string>>;
  /** Flags besides the service's own, such as a port that is free. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Mounted under its own path, so there is nothing to copy. */
  readonly asIs?: readonly string[];
}

export interface Running {
  readonly said: () => string;
  readonly stop: () => Promise<number | null>;
}

/**
 * Runs a service's own command line, as its own user where the test is root, on copies of what it mounts (with owner and mode), below a
 * folder that stands for the container's root. Waits until the service's own health check says that it is well.
 */
export const startService = async (way: Way): Promise<Running> => {
  for (const mount of way.service.volumes) {
    if (way.asIs?.includes(mount.target)) continue;
    if (mount.type === 'volume') emptyVolume(way, join(way.root, mount.target));
    else mounted(way, resolve(way.checkout, mount.source), join(way.root, mount.target));
  }
  for (const secret of way.service.secrets ?? []) mounted(way, resolve(way.checkout, way.compose.secrets[secret]!.file!), join(way.root, 'run/secrets', secret));
  const [program, ...before] = way.program;
  const child = spawn(program!, [...before, ...(way.service.command ?? []).map((word) => insideRoot(way, inPlace(way, word))), ...(way.flags ?? [])], {
    cwd: way.root, stdio: ['ignore', 'pipe', 'pipe'], ...userOf(way),
    env: { PATH: process.env.PATH, ...Object.fromEntries(Object.entries({ ...way.service.environment, ...way.environment }).map(([name, value]) => [name, insideRoot(way, inPlace(way, value))])) },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [check, ...words] = healthCheckOf(way.service).map((word) => inPlace(way, word));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`);
    return spawnSync(check === 'node' ? process.execPath : check!, words).status === 0;
  }, 20_000, 100).catch((error: Error) => { child.kill('SIGKILL'); throw new Error(`${error.message}; ${program} said: ${said}`); });
  return {
    said: () => said,
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill('SIGTERM'); // as docker stop does
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
};

/** The check of docker-compose.yml, else that of the image. */
const healthCheckOf = ({ healthcheck, build }: Service): readonly string[] =>
  healthcheck ? healthcheck.test.slice(1) : (JSON.parse(/CMD (\[.*\])$/.exec(valuesOf(stagesOf(build!.dockerfile).at(-1)!, 'HEALTHCHECK')[0]!)![1]!) as string[]);

/** What an image of ours starts, with the sources of this checkout instead of those in the image; a service's own command line takes the place of the image's. */
export const ownImage = (name: 'exporter' | 'collab'): { readonly program: readonly string[]; readonly environment: Readonly<Record<string, string>> } => {
  const service = readCompose().services[name]!;
  const image = stagesOf(service.build!.dockerfile).at(-1)!;
  const [entry, command] = ['ENTRYPOINT', 'CMD'].map((word) => JSON.parse(valuesOf(image, word)[0]!) as string[]);
  const [, ...words] = [...entry!, ...(service.command === undefined ? command! : [])].map((word) => word.replace('/watchroom/', repository));
  return { program: [process.execPath, ...words], environment: environmentOf(image) };
};

const userOf = ({ service }: Way): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = service.user.split(':').map(Number);
  return { uid: uid!, gid: gid! };
};

/** A new volume has owner and mode of the image's folder: the user's own in the images of Prometheus and Alertmanager. */
const emptyVolume = (way: Way, path: string): void => {
  mkdirSync(path, { recursive: true });
  const { uid, gid } = userOf(way);
  if (uid !== undefined) chownSync(path, uid, gid!);
};

const mounted = (way: Way, source: string, target: string): void => {
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true, preserveTimestamps: true });
  for (const file of filesBelow(target)) {
    const mode = statSync(file).mode;
    writeFileSync(file, inPlace(way, readFileSync(file, 'utf8')).replaceAll(/(['" ])\/run\/secrets\//g, `$1${way.root}/run/secrets/`));
    chmodSync(file, mode);
  }
};

const filesBelow = (path: string): string[] => (statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path]);

const inPlace = ({ here }: Way, text: string): string => Object.entries(here).reduce((before, [there, place]) => before.replaceAll(there, place), text);

/** "--config.file=/etc/prometheus/prometheus.yml" → the same below the folder that stands for the root. */
const insideRoot = ({ service, root, asIs }: Way, word: string): string => {
  if (/(^|=)\/run\/secrets\//.test(word)) return word.replace('/run/secrets/', `${root}/run/secrets/`);
  const target = service.volumes.map((mount) => mount.target).filter((path) => !asIs?.includes(path)).find((path) => new RegExp(`(^|=)${path}(/|$)`).test(word));
  return target === undefined ? word : word.replace(target, root + target);
};
