import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Compose, Service } from './compose.ts';

/** A service in a container made with the kernel's own means. */
export interface ConfinedService {
  readonly name: string;
  readonly service: Service;
  /** What stands for the image: folders of this machine by their path in the container. */
  readonly image: Readonly<Record<string, string>>;
  /** The program and what the image calls it with. */
  readonly program: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Owner and mode that the image's folder gives to a new volume. */
  readonly newVolume: { readonly owner: string; readonly mode: string };
}

export interface Confined {
  /** Runs a command in the container of a service, as `docker compose exec` does: as its user, with its environment. */
  readonly run: (name: string, command: readonly string[], input?: string) => { readonly status: number | null; readonly stdout: string; readonly stderr: string };
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

/** Why containers cannot be made here; undefined when they can. */
export const whyNotConfined = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'only root may make namespaces';
  const missing = ['unshare', 'nsenter', 'setpriv', 'chroot', 'ip', 'wget'].filter((command) => spawnSync('which', [command]).status !== 0);
  if (missing.length > 0) return `${missing.join(', ')} missing`;
  return spawnSync('unshare', ['--mount', '--net', 'sh', '-c', 'mount -t tmpfs none /mnt && ip link set lo up']).status === 0 ? undefined : 'this system makes no namespaces';
};

/**
 * Starts services as Docker would: a root of their own that is read-only, the mounts of docker-compose.yml at their real paths, secrets as bind
 * mounts of the files, the service's user without capabilities and without a way to more, a network of their own in which services have their
 * names, the processes of the host in sight. Files and command lines are used as they are.
 */
export const startConfined = ({ services, compose, checkout, folder }: { readonly services: readonly ConfinedService[]; readonly compose: Compose; readonly checkout: string; readonly folder: string }): Confined => {
  const script = ['set -e', 'mount --make-rprivate /', 'ip link set lo up', ...services.flatMap((one) => containerScript(one, { compose, checkout, folder, names: services.map(({ name }) => name) })), 'wait'].join('\n');
  const child = spawn('unshare', ['--mount', '--net', 'bash', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { PATH: process.env.PATH } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  return {
    said: () => said,
    run: (name, command, input = '') => {
      const one = services.find((service) => service.name === name)!;
      return spawnSync('nsenter', ['--target', String(child.pid), '--mount', '--net', ...asService(one, folder), 'env', '-i', ...environmentIn(one), ...command], { encoding: 'utf8', input });
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'close');
      process.kill(-child.pid!, 'SIGTERM');
      await ended;
    },
  };
};

const containerScript = (one: ConfinedService, { compose, checkout, folder, names }: { readonly compose: Compose; readonly checkout: string; readonly folder: string; readonly names: readonly string[] }): readonly string[] => {
  const root = join(folder, 'roots', one.name);
  mkdirSync(root, { recursive: true });
  const bind = (source: string, target: string): string => `bind ${quoted(source)} ${quoted(root + target)}`;
  const volumes = one.service.volumes.map(({ type, source, target }) => (type === 'bind' ? `${bind(resolve(checkout, source), target)} ro` : volume(root + target, one.newVolume)));
  const secrets = (one.service.secrets ?? []).map((secret) => `${bind(resolve(checkout, compose.secrets[secret]!.file!), `/run/secrets/${secret}`)} ro`);
  return [
    // A bind mount that is made read-only in a second step, as the kernel wants it; its place is made first.
    'bind() { if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "$(dirname "$2")"; touch "$2"; fi; mount --bind "$1" "$2"; [ "$3" != ro ] || mount -o remount,bind,ro "$2"; }',
    `mount -t tmpfs none ${quoted(root)}`,
    `mkdir -p ${['proc', 'dev', 'tmp', 'etc', 'run'].map((name) => quoted(join(root, name))).join(' ')}`,
    ...['/usr', '/bin', '/lib', '/lib64'].filter((path) => existsSync(path)).map((path) => `${bind(path, path)} ro`),
    ...Object.entries(one.image).map(([target, source]) => `${bind(source, target)} ro`),
    ...['/dev/null', '/dev/urandom', '/dev/random', '/dev/zero'].map((path) => bind(path, path)),
    `mount --bind /proc ${quoted(join(root, 'proc'))}`,
    `echo '127.0.0.1 localhost ${names.join(' ')}' > ${quoted(join(root, 'etc/hosts'))}`,
    // Before what may lie below it, as Docker sorts mounts by depth.
    ...one.service.tmpfs.map((mount) => `mount -t tmpfs -o ${mount.slice(mount.indexOf(':') + 1)} none ${quoted(root + mount.slice(0, mount.indexOf(':')))}`),
    ...volumes, ...secrets,
    ...(one.service.read_only ? [`mount -o remount,ro ${quoted(root)}`] : []),
    `${[...asService(one, folder), 'env', '-i', ...environmentIn(one), ...one.program, ...(one.service.command ?? [])].map(quoted).join(' ')} &`,
  ];
};

const environmentIn = ({ environment, service }: ConfinedService): readonly string[] => Object.entries({ PATH: '/opt/program:/usr/bin:/bin', ...environment, ...service.environment }).map(([name, value]) => `${name}=${value}`);

const volume = (path: string, { owner, mode }: ConfinedService['newVolume']): string => `mkdir -p ${quoted(dirname(path))}; mkdir ${quoted(path)}; mount -t tmpfs none ${quoted(path)}; chown ${owner} ${quoted(path)}; chmod ${mode} ${quoted(path)}`;

/** cap_drop: ALL, no-new-privileges and user, in the order the kernel allows. */
const asService = ({ name, service }: ConfinedService, folder: string): readonly string[] => {
  const [uid, gid] = service.user.split(':');
  const noMore = service.security_opt.includes('no-new-privileges:true') ? ['--no-new-privs'] : [];
  const none = service.cap_drop?.includes('ALL') ? ['--bounding-set=-all', '--inh-caps=-all'] : [];
  return ['chroot', join(folder, 'roots', name), 'setpriv', '--reuid', uid!, '--regid', gid!, '--clear-groups', ...noMore, ...none];
};

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
