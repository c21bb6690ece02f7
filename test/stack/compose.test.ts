import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { adasVariables, readCompose, repository, started, textOf } from './compose.ts';
import type { Mount, Service } from './compose.ts';
import { describeNewer } from './newer-servers.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const mountsOf = ({ volumes }: Service, type: Mount['type']): readonly Mount[] => volumes.filter((mount) => mount.type === type);

describe.each(services)('the service %s', (name, service) => {
  it('runs as somebody who is not root', () => {
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(service.privileged).toBeUndefined();
  });

  it('has a read-only root, room for temporary files, no capability and no way to more rights', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.cap_add).toBeUndefined();
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.tmpfs).toEqual([expect.stringMatching(/^\/tmp:size=\d+m,/)]);
  });

  it('has an image with an exact version', () => {
    expect(service.image).toMatch(/^[\w-]+\/[\w-]+:v?\d+\.\d+\.\d+$/);
  });

  it('says how it is (Compose, or its image)', () => {
    if (service.build) expect(textOf(service.build.dockerfile)).toMatch(/^HEALTHCHECK /m);
    else expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it('comes back after a crash and a reboot, and its log does not fill the disk', () => {
    expect(service).toMatchObject({ restart: 'unless-stopped', logging: { options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } } });
  });

  it('mounts only what is there, read-only, and has nothing created on the host', () => {
    for (const mount of mountsOf(service, 'bind')) {
      expect(mount).toMatchObject({ read_only: true, bind: { create_host_path: false } });
      if (mount.source.startsWith('./') && !mount.source.startsWith('./stack/alertmanager')) expect(`${mount.source} ${existsSync(repository + mount.source)}`).toBe(`${mount.source} true`);
    }
  });

  it('keeps what it keeps in volumes that are declared, and uses networks and secrets that are', () => {
    for (const { source } of mountsOf(service, 'volume')) expect(Object.keys(compose.volumes)).toContain(source);
    expect(mountsOf(service, 'volume')).toHaveLength(1);
    for (const network of service.networks) expect(Object.keys(compose.networks)).toContain(network);
    for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret);
  });

  it('is reached from this machine only', () => {
    for (const port of service.ports ?? []) expect(`${name} ${port}`).toMatch(/ 127\.0\.0\.1:\d+:\d+$/);
  });

  it('is told no secret by its environment', () => {
    for (const [variable, value] of Object.entries(service.environment)) if (/PASSWORD|SECRET|TOKEN|KEY|SLACK/.test(variable)) expect(value).toMatch(/^\$__file\{\/run\/secrets\/\w+\}$/);
  });
});

describe('the stack', () => {
  it('keeps secrets in files, which are the only kind Compose mounts under a read-only root', () => {
    for (const secret of Object.values(compose.secrets)) expect(secret).toEqual({ file: expect.stringMatching(/^\.\/stack\/secrets\/\w+$/) });
    for (const path of Object.values(compose.secrets).map(({ file }) => file!)) expect(spawnSync('git', ['check-ignore', '-q', path], { cwd: repository }).status).toBe(0);
  });

  it('keeps 400 days of samples', () => {
    expect(compose.services.prometheus!.command).toContain('--storage.tsdb.retention.time=400d');
  });

  it.each(['WATCHROOM_UID', 'WATCHROOM_GID', 'WATCHROOM_HOME', 'WATCHROOM_EXPORTER'])('names %s when it is missing, and what to do', (missing) => {
    expect(() => readCompose({ ...adasVariables, [missing]: '' })).toThrow(new RegExp(`${missing} is missing a value: run "npm run setup:stack" first`));
  });

  it('needs no other variable', () => {
    const needed = { WATCHROOM_UID: '1', WATCHROOM_GID: '1', WATCHROOM_HOME: '/home/ada', WATCHROOM_EXPORTER: 'none' };
    expect(() => readCompose(needed)).not.toThrow();
  });

  it('.env.example has every variable of docker-compose.yml, and no other', () => {
    const used = new Set([...textOf('docker-compose.yml').replaceAll(/^\s*#.*$/gm, '').matchAll(/\$\{(\w+)/g)].map(([, name]) => name).filter((name) => name !== 'file'));
    expect(Object.keys(adasVariables).filter((name) => name !== 'COMPOSE_PROFILES').sort()).toEqual([...used].sort());
  });

  it('starts an exporter where WATCHROOM_EXPORTER says container, and leaves it out where it says host or none', () => {
    expect(textOf('.env.example')).toMatch(/^COMPOSE_PROFILES=\$\{WATCHROOM_EXPORTER\}$/m);
    expect(started(compose, 'container')).toContain('exporter');
    expect(started(compose, 'host')).not.toContain('exporter');
    expect(started(compose, 'agent')).toEqual(['agent', 'collab', 'prometheus', 'alertmanager', 'grafana']);
    expect(started(compose, 'none')).toEqual(['collab', 'prometheus', 'alertmanager', 'grafana']);
  });

  it.each(['agent', 'container', 'host', 'none'])('Prometheus knows where the exporter of "%s" is', (place) => {
    const targets = parse(textOf(`stack/targets/${place}.yml`)) as readonly { targets: string[] }[];
    expect(readCompose({ ...adasVariables, WATCHROOM_EXPORTER: place }).services.prometheus!.volumes).toContainEqual(expect.objectContaining({ source: `./stack/targets/${place}.yml`, target: '/etc/prometheus/stack/targets/this-machine.yml' }));
    expect(targets.flatMap((group) => group.targets)).toEqual({ agent: ['agent:10877'], container: ['exporter:10877'], host: ['host.docker.internal:10877'], none: [] }[place]);
  });

  it('the exporter has no way out, sees the processes of the host, and home under its own path', () => {
    const exporter = compose.services.exporter!;
    expect(exporter.networks.map((network) => compose.networks[network])).toEqual([{ internal: true }]);
    expect(exporter).toMatchObject({ pid: 'host', user: '1000:1000' });
    expect(exporter.ports).toBeUndefined();
    expect(mountsOf(exporter, 'bind')).toEqual([expect.objectContaining({ source: '/home/ada', target: '/home/ada', read_only: true })]);
    expect(exporter.environment).toMatchObject({ WATCHROOM_HOME: '/home/ada', WATCHROOM_STATE: mountsOf(exporter, 'volume')[0]!.target });
  });

  it('only the exporter is without AppArmor and SELinux labels', () => {
    expect(services.filter(([, { security_opt }]) => security_opt.length > 1).map(([name]) => name)).toEqual(['agent', 'exporter']);
  });

  it('Prometheus and Alertmanager, which have no login, cannot be opened to others by a variable', () => {
    const open = readCompose(Object.fromEntries(Object.keys(adasVariables).map((name) => [name, /PORT|UID|GID/.test(name) ? '1234' : '0.0.0.0'])));
    expect(Object.entries(open.services).filter(([, { ports = [] }]) => ports.some((port) => !port.startsWith('127.0.0.1:'))).map(([name]) => name)).toEqual(['collab', 'grafana']);
  });

  it('is of one version: images and their packages', () => {
    for (const name of ['exporter', 'collab']) expect(compose.services[name]!.image).toBe(`watchroom/${name}:${(JSON.parse(textOf(`${name}/package.json`)) as { version: string }).version}`);
  });
});

describe('Grafana', () => {
  const grafana = compose.services.grafana!;
  const containerFile = (path: string): string => {
    const mount = grafana.volumes.find(({ target }) => path.startsWith(`${target}/`))!;
    return repository + mount.source + path.slice(mount.target.length);
  };

  it('has a password from the first second on: the file is read by Grafana, which does not start without it', () => {
    // The image's own GF_…__FILE goes through a shell that leaves the variable empty when the file cannot be read, and Grafana then takes "admin".
    expect(grafana.environment.GF_SECURITY_ADMIN_PASSWORD).toBe('$__file{/run/secrets/grafana_admin_password}');
    expect(grafana.secrets).toEqual(['grafana_admin_password']);
    expect(grafana.environment).toMatchObject({ GF_AUTH_ANONYMOUS_ENABLED: 'false', GF_USERS_ALLOW_SIGN_UP: 'false' });
  });

  it('neither phones home nor changes its plugins, which a read-only root would break', () => {
    expect(grafana.environment).toMatchObject({
      GF_ANALYTICS_REPORTING_ENABLED: 'false', GF_ANALYTICS_CHECK_FOR_UPDATES: 'false', GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false', GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    });
  });

  it('finds the dashboards where the provisioning says, and its home among them', () => {
    const { providers } = parse(readFileSync(containerFile('/etc/grafana/provisioning/dashboards/watchroom.yml'), 'utf8')) as { providers: [{ options: { path: string } }] };
    expect(grafana.volumes.map(({ target }) => target)).toContain(providers[0].options.path);
    expect(existsSync(containerFile(grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!))).toBe(true);
  });

  it('is told every address its data sources name, and they are services of the stack', () => {
    const sources = readFileSync(containerFile('/etc/grafana/provisioning/datasources/watchroom.yml'), 'utf8');
    for (const [, name] of sources.matchAll(/^ +url: \$(\w+)$/gm)) {
      const { hostname } = new URL(grafana.environment[name!]!);
      expect(compose.services[hostname]!.networks.filter((network) => grafana.networks.includes(network))).not.toEqual([]);
    }
  });
});

describe('the hub', () => {
  const { collab, agent, exporter, prometheus } = compose.services;

  it('is there whatever else is: one of every place of the exporter', () => {
    for (const place of ['agent', 'container', 'host', 'none']) expect(started(compose, place)).toContain('collab');
  });

  it('the agent of this machine is the exporter, with a token instead of sessions for Prometheus, and no way out but the hub', () => {
    const { command, secrets, ...same } = agent!;
    expect({ ...same, profiles: undefined }).toEqual({ ...exporter!, profiles: undefined });
    expect(secrets).toEqual(['hub_agent_token']);
    const hub = new URL(command![command!.indexOf('--hub') + 1]!);
    expect(compose.services[hub.hostname]!.networks).toContain(agent!.networks[0]);
    expect(collab!.command).toContain(`--allowed-hosts=${hub.hostname}`);
    expect(collab!.command).toContain(`--listen=:${hub.port}`);
  });

  it('Prometheus and hub know the same token, each from its file', () => {
    expect(prometheus!.secrets).toContain('hub_scrape_token');
    expect(collab!.secrets).toEqual(['hub_admin_password', 'hub_scrape_token', 'hub_agent_token', 'hub_alert_token']);
    for (const secret of collab!.secrets!) expect(collab!.command!.filter((word) => word.endsWith(`=/run/secrets/${secret}`))).toHaveLength(1);
    expect(prometheus!.networks.filter((network) => collab!.networks.includes(network))).not.toEqual([]);
  });

  it('is called by the address that is in .env, which is also where its page listens', () => {
    expect(collab!.command).toContain('--public-url=http://localhost:8877');
    expect(collab!.ports).toEqual(['127.0.0.1:8877:8877']);
  });
});

describeNewer('docker-compose')('Docker Compose itself', (path) => {
  const config = (env: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => {
    const folder = mkdtempSync(join(tmpdir(), 'watchroom-compose-'));
    mkdirSync(join(folder, 'stack'));
    writeFileSync(join(folder, 'docker-compose.yml'), textOf('docker-compose.yml'));
    writeFileSync(join(folder, '.env'), env);
    try {
      return spawnSync(path, ['config', '--format', 'json'], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const envOf = (variables: Readonly<Record<string, string>>): string => Object.entries(variables).map(([name, value]) => `${name}=${value}`).join('\n');

  it('takes the file, and reads it as these tests do', () => {
    const { status, stdout, stderr } = config(envOf(adasVariables));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = JSON.parse(stdout) as { services: Record<string, Pick<Service, 'command' | 'environment' | 'image' | 'user' | 'security_opt' | 'read_only'> & { volumes: { target: string }[] }> };
    for (const [name, { command, environment, image, user, security_opt, read_only, volumes }] of services.filter(([one]) => started(compose, adasVariables.WATCHROOM_EXPORTER!).includes(one)))
      expect({ environment: {}, ...theirs.services[name] }).toMatchObject({
        image, user, security_opt, read_only,
        // "config" prints a dollar as it would have to be written.
        ...(command === undefined ? {} : { command }), environment: Object.fromEntries(Object.entries(environment).map(([variable, value]) => [variable, value.replaceAll('$', '$$$$')])),
        volumes: volumes.map(({ target }) => expect.objectContaining({ target })),
      });
  });

  it('leaves the exporter out of a pure team server', () => {
    const place = textOf('.env.example').replace(/^WATCHROOM_EXPORTER=$/m, 'WATCHROOM_EXPORTER=none').replace(/^(WATCHROOM_(?:UID|GID))=$/gm, '$1=1000').replace(/^WATCHROOM_HOME=$/m, 'WATCHROOM_HOME=/home/ada');
    expect(Object.keys((JSON.parse(config(place).stdout) as typeof compose).services).sort()).toEqual(['alertmanager', 'collab', 'grafana', 'prometheus']);
  });

  it('has the agent and the hub in it where setup:stack chose the agent', () => {
    const { services: found } = JSON.parse(config(envOf({ ...adasVariables, WATCHROOM_EXPORTER: 'agent', COMPOSE_PROFILES: 'agent' })).stdout) as { services: Record<string, { command?: string[]; networks: object }> };
    expect(Object.keys(found).sort()).toEqual(['agent', 'alertmanager', 'collab', 'grafana', 'prometheus']);
    expect(found.agent!.command).toEqual(compose.services.agent!.command);
    expect(Object.keys(found.agent!.networks)).toEqual(['scrape']);
  });

  it('names what is missing', () => {
    expect(config('').stderr).toMatch(/required variable WATCHROOM_\w+ is missing a value: run "npm run setup:stack" first/);
  });
});
