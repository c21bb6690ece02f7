import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { healthSettings } from '../../src/config/health-settings.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Given } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { settingNames } from '../../src/config/settings.ts';
import { defaultHealth } from '../../src/health/settings.ts';

let home: string;
beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'watchroom-config-')); });
afterEach(() => rmSync(home, { recursive: true }));

const write = (text: string): string => {
  const path = join(home, '.config', 'watchroom', 'config.yaml');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const load = (given: Partial<Given> = {}) => loadConfig({ machine: { platform: 'linux', home, env: {} }, variables: {}, flags: {}, cwd: '/work', ...given });
const mistakes = (text: string, given: Partial<Given> = {}): string => {
  write(text);
  try {
    load(given);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.replaceAll(home, '~');
  }
  return 'no mistake';
};

describe('config: who decides', () => {
  it('without anything said every setting has its default', () => {
    const { config, origins, file } = load();
    expect(config).toMatchObject({ listen: { host: '127.0.0.1', port: 10877 }, exportWindowMs: 86_400_000, exportLimit: 1000, pathMode: 'full', openBrowser: true, budgets: [], prices: [] });
    expect(settingNames.map((name) => origins[name].from)).toEqual(settingNames.map(() => 'default'));
    expect(file).toEqual({ path: join(home, '.config/watchroom/config.yaml'), exists: false });
    expect(healthSettings(config)).toEqual(defaultHealth);
  });

  it('a flag wins over a variable, that over the file, that over the default, and each is named', () => {
    const path = write('export:\n  limit: 1\n  window: 1h\ntop:\n  tools: 7\n');
    const { config, origins } = load({ variables: { WATCHROOM_EXPORT_LIMIT: '2', WATCHROOM_EXPORT_WINDOW: '2h' }, flags: { exportLimit: '3' } });
    expect(config).toMatchObject({ exportLimit: 3, exportWindowMs: 7_200_000, topTools: 7, topProjects: 50 });
    expect(origins.exportLimit).toEqual({ from: 'flag', name: '--export.limit' });
    expect(origins.exportWindowMs).toEqual({ from: 'variable', name: 'WATCHROOM_EXPORT_WINDOW' });
    expect(origins.topTools).toEqual({ from: 'file', place: `${path}:5` });
    expect(origins.topProjects).toEqual({ from: 'default' });
  });

  it('an empty variable and a key without a value say nothing', () => {
    write('export:\n  limit:\nweb:\n');
    const { config, origins } = load({ variables: { WATCHROOM_EXPORT_LIMIT: '' } });
    expect(config.exportLimit).toBe(1000);
    expect(origins.exportLimit.from).toBe('default');
  });

  it('--home looks at another home: its file, and none of this machine\'s relocation variables', () => {
    write('export: {limit: 5}');
    const loaded = load({ machine: { platform: 'linux', home: '/elsewhere', env: { CLAUDE_CONFIG_DIR: '/x', XDG_CONFIG_HOME: '/y' } }, flags: { home } });
    expect(loaded.machine).toEqual({ platform: 'linux', home, env: {} });
    expect(loaded.config.exportLimit).toBe(5);
  });

  it('--config names a file, which must exist', () => {
    const path = join(home, 'other.yaml');
    expect(() => load({ flags: { configFile: path } })).toThrow(`--config: there is no file ${path}. Try: watchroom config init --config ${path}`);
    writeFileSync(path, 'export: {limit: 9}');
    expect(load({ flags: { configFile: 'other.yaml' }, cwd: home }).config.exportLimit).toBe(9);
    expect(load({ variables: { WATCHROOM_CONFIG: path } }).config.exportLimit).toBe(9);
  });

  it('switches turn single tools off and on', () => {
    write('tools: {disabled: [cursor, amp]}');
    const { config, origins } = load({ collectors: { cursor: true, aider: false } });
    expect(config.disabledTools).toEqual(['amp', 'aider']);
    expect(origins.disabledTools).toEqual({ from: 'flag', name: '--collector.cursor --no-collector.aider' });
  });

  it('relative paths start where they were written: the file\'s folder, or the place of the command', () => {
    write('state: ledger\nweb: {config_file: ~/web.yml}\nroots: {claude: [more, ~/c]}');
    const { config } = load({ flags: { proc: './proc' } });
    expect(config).toMatchObject({
      stateFolder: join(home, '.config/watchroom/ledger'),
      webConfigFile: join(home, 'web.yml'),
      proc: '/work/proc',
      roots: { claude: [join(home, '.config/watchroom/more'), join(home, 'c')] },
    });
  });
});

describe('config: values', () => {
  it.each([[':10877', { port: 10877 }], ['[::1]:80', { host: '::1', port: 80 }], ['box.example:0', { host: 'box.example', port: 0 }]])('listens on %s', (written, address) => {
    expect(load({ flags: { listen: written } }).config.listen).toEqual(address);
  });

  it('lists, maps and switches can be given as text', () => {
    const { config } = load({ variables: { WATCHROOM_TOOLS_DISABLED: 'amp, qwen', WATCHROOM_BUDGETS: '[{scope: user, name: ada, period: day, usd: 3}]', WATCHROOM_OPEN: 'no', WATCHROOM_HEALTH_WEIGHTS: '{"errors": 1}' } });
    expect(config).toMatchObject({ disabledTools: ['amp', 'qwen'], budgets: [{ scope: 'user', name: 'ada', period: 'day', usd: 3 }], openBrowser: false });
    expect(config.healthWeights).toEqual({ ...defaultHealth.weights, errors: 1 });
  });

  it('[H1] weights, curves and thresholds that are not named keep their default', () => {
    write('health:\n  curves: {duration: [[1, 1], [2, 0]]}\n  thresholds: {healthy: 90}\n');
    expect(healthSettings(load().config)).toEqual({
      weights: defaultHealth.weights,
      curves: { ...defaultHealth.curves, duration: [[1, 1], [2, 0]] },
      thresholds: { healthy: 90, warning: 40 },
    });
  });

  it('[T3] own prices become overrides of the price table', () => {
    write('prices:\n  my-model: {input: 3, output: 15, cache_read: 0.3, cache_creation_5m: 3.75, above: [{over: 200000, input: 6, output: 22.5}], fast: {input: 6, output: 30}, web_search: 0.01}\n');
    expect(load().config.prices).toEqual([{
      model: 'my-model', input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, above: [{ over: 200_000, input: 6, output: 22.5 }], fast: { input: 6, output: 30 }, webSearch: 0.01,
    }]);
  });
});

describe('config: mistakes say the line, what was seen and what to try', () => {
  it.each([
    ['export:\n  limit: many', '~/.config/watchroom/config.yaml:2: export.limit must be a whole number from 1, got "many". Try export.limit: 1000'],
    ['export:\n  window: 24', 'config.yaml:2: export.window must be a duration from 1m, such as 30s, 15m, 24h or 7d, got 24. Did you mean 24s?'],
    ['export:\n  limt: 3', 'config.yaml:2: unknown setting export.limt. Did you mean export.limit?'],
    ['# x\nlimit: 3', 'config.yaml:2: unknown setting limit. Did you mean export.limit?'],
    ['listenAddress: 3', 'unknown setting listenAddress. Did you mean web.listen_address? All are in: watchroom config show'],
    ['colour: 3', 'unknown setting colour. All are in: watchroom config show'],
    ['web:\n  listenAddress: ":3"', 'unknown setting web.listenAddress. Did you mean web.listen_address?'],
    ['web: 3', 'config.yaml:1: web must be a group of settings, got 3. Try web.listen_address'],
    ['web: {listen_address: 9000}', 'got 9000. Did you mean 127.0.0.1:9000?'],
    ['web: {listen_address: "x:99999"}', 'web.listen_address must be an address with a port'],
    ['hub: {url: "localhost:3"}', 'hub.url must be an http(s) URL, such as https://watchroom.example:8877, got "localhost:3". Did you mean http://localhost:3?'],
    ['tools:\n  disabled:\n    - amp\n    - cursr', 'config.yaml:4: tools.disabled[1] must be one of claude, '],
    ['tools: {disabled: [cursr]}', 'got "cursr". Did you mean cursor?'],
    ['roots:\n  claud: [x]', 'config.yaml:2: roots has no claud. Did you mean claude?'],
    ['health: {weights: {token_usge: 1}}', 'health.weights has no token_usge. Did you mean token_usage?'],
    ['health: {weights: {token_usage: 0, duration: 0, activity: 0, errors: 0}}', 'health.weights must be a map with at least one weight above 0'],
    ['health: {curves: {duration: [[4, 1], [3, 0]]}}', 'health.curves.duration must be a list of points with rising measures, got [[4,1],[3,0]]'],
    ['health: {thresholds: {healthy: 30}}', 'health.thresholds must be a map whose warning is not above its healthy'],
    ['budgets:\n  - {scope: team, name: a, period: day, usd: 1}', 'config.yaml:2: budgets[0].scope must be one of user, project, tool, all, got "team"'],
    ['budgets: [{scope: user, name: a, period: day}]', 'budgets[0] must be a budget with usd, tokens or both'],
    ['prices: {m: {inptu: 3, output: 1}}', 'prices.m has no inptu. Did you mean input?'],
    ['timezone: Berlin', 'timezone must be local, UTC or a name of the time zone database, such as Europe/Berlin, got "Berlin"'],
    ['processes: {patterns: {aider: ["("]}}', 'processes.patterns.aider[0] must be a regular expression, got "("'],
    ['a: [\n', 'config.yaml:2: this is not valid YAML'],
    ['export: {limit: 1}\nexport: {limit: 2}', 'config.yaml:2: this is not valid YAML: Map keys must be unique'],
    ['- a', 'config.yaml:1: the file must be a map of settings'],
  ])('%j', (text, sentence) => {
    expect(mistakes(text)).toContain(sentence);
  });

  it('names the flag or the variable that was wrong', () => {
    expect(mistakes('', { flags: { exportLimit: '0' }, variables: { WATCHROOM_LOG_LEVEL: 'loud' } }).split('\n')).toEqual([
      '--export.limit: export.limit must be a whole number from 1, got "0". Try export.limit: 1000',
      'WATCHROOM_LOG_LEVEL: log.level must be one of debug, info, warn, error, silent, got "loud". Try log.level: "info"',
    ]);
  });

  it('names all mistakes at once', () => {
    expect(mistakes('export: {limit: -1}\nbogus: 1\nlog: {level: 7}').split('\n')).toHaveLength(3);
  });
});
