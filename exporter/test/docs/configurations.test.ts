import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { settingNames, settingOf } from '../../src/config/settings.ts';
import { prometheusSnippet } from '../../src/http/snippet.ts';
import { requireServer } from '../servers.ts';
import { inRepository, textOf } from './repository.ts';

/** PromQL of the getting-started page. */
const queries = [...textOf('docs/getting-started.md').matchAll(/^\| [^|]+ \| `(.+)` \|$/gm)].map(([, query]) => query!);
const readmeSnippet = /```yaml\n(  - job_name: watchroom.*?)```/s.exec(textOf('README.md'))![1]!;

requireServer('promtool')('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-prometheus-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const check = (path: string): string => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', path], { encoding: 'utf8' });
    return status === 0 ? 'valid' : stdout + stderr;
  };

  it('takes the example', () => {
    expect(check(inRepository('examples/prometheus/prometheus.yml'))).toBe('valid');
  });

  it('takes the snippet of the README', () => {
    const path = join(folder, 'prometheus.yml');
    writeFileSync(path, `scrape_configs:\n${readmeSnippet}`);
    expect(check(path)).toBe('valid');
  });

  it.each(queries)('takes the query %s', (query) => {
    const path = join(folder, 'rules.yml');
    writeFileSync(path, JSON.stringify({ groups: [{ name: 'documented', rules: [{ record: 'documented', expr: query }] }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});

describe('Prometheus', () => {
  it('the snippet of the README is the one that the program prints', () => {
    expect(readmeSnippet.trim()).toBe(prometheusSnippet('localhost:10877').trim());
  });

  it('[M2] the example limits what a scrape may bring', () => {
    const { scrape_configs: [job] } = parse(textOf('examples/prometheus/prometheus.yml')) as { scrape_configs: [Record<string, unknown>] };
    for (const limit of ['sample_limit', 'label_limit', 'label_name_length_limit', 'label_value_length_limit']) expect(job[limit]).toBeGreaterThan(0);
  });
});

/** Flags the exporter takes, as one types them. */
const exporterFlags = settingNames.flatMap((name) => settingOf(name).flag?.split(' ')[0] ?? []);
const flagsIn = (words: readonly string[]): string[] => words.filter((word) => word.startsWith('--'));

describe('systemd', () => {
  const unit = textOf('examples/systemd/watchroom.service');
  const [program, script, ...args] = /^ExecStart=(.*)$/m.exec(unit)![1]!.replaceAll('%h/watchroom/', '').split(' ');

  it('starts what npm ci and the repository bring, with flags that exist', () => {
    expect(program).toBe('node_modules/.bin/node');
    expect(existsSync(inRepository(script!))).toBe(true);
    expect(args[0]).toBe('exporter');
    for (const flag of flagsIn(args)) expect(exporterFlags).toContain(flag);
  });
});

describe('Kubernetes', () => {
  const [, , deployment] = parseAllDocuments(textOf('examples/kubernetes/sidecar.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as { kind: string; spec: { template: { spec: { shareProcessNamespace: boolean; containers: { name: string; args?: string[]; volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[] }[] } } } };
  });
  const { shareProcessNamespace, containers } = deployment!.spec.template.spec;
  const sidecar = containers.find(({ name }) => name === 'watchroom')!;

  it('runs the exporter with flags that exist, beside the workspace and its processes', () => {
    expect(shareProcessNamespace).toBe(true);
    expect(sidecar.args![0]).toBe('exporter');
    for (const flag of flagsIn(sidecar.args!)) expect(exporterFlags).toContain(flag);
  });

  it('[P5] may not write into the home it watches, and keeps its ledger', () => {
    const mounted = (flag: string) => sidecar.volumeMounts.find(({ mountPath }) => mountPath === sidecar.args![sidecar.args!.indexOf(flag) + 1]);
    expect(mounted('--home')).toMatchObject({ readOnly: true });
    expect(mounted('--state')).not.toHaveProperty('readOnly');
  });
});
