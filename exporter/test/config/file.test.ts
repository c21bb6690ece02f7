import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { withSetting, withoutSetting } from '../../src/config/edit.ts';
import { parseConfig } from '../../src/config/file.ts';
import { didYouMean, nearest } from '../../src/config/nearest.ts';
import { configPath, statePath } from '../../src/config/paths.ts';
import { settingKeys, settingNames, settingOf } from '../../src/config/settings.ts';
import { settingsTable } from '../../src/config/settings-table.ts';
import { configTemplate } from '../../src/config/template.ts';

describe('config: a file that is no configuration', () => {
  const problems = (text: string): readonly string[] => parseConfig('c.yaml', text).problems.map(({ where, message }) => `${where}: ${message}`);

  it('is refused in a few short lines, however long it is', () => {
    const lines = problems(Array.from({ length: 500 }, (_, index) => `- "${'x'.repeat(5000)}" : ] ${index}`).join('\n'));
    expect(lines.length).toBeLessThanOrEqual(5);
    for (const line of lines) expect(line.length).toBeLessThan(400);
  });

  it('is refused when its aliases grow without end', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[index]!}`).join(',')}]`)].join('\n');
    expect(problems(bomb)).toEqual(['c.yaml: its aliases (*name) stand for too much. Write the values out']);
  });
});

describe('config: a rewritten file', () => {
  const mine = `# what we agreed on\nexport:\n  # a week, for the retrospective\n  window: 7d # not longer\n\n  limit: 200\n\n# money\nbudgets:\n  - {scope: project, name: shop, period: month, usd: 500}\n`;

  it('keeps every comment, blank line and order', () => {
    expect(withSetting(mine, 'export.window', '14d')).toBe(mine.replace('7d', '14d'));
    expect(withSetting(mine, 'export.limit', '200')).toBe(mine);
  });

  it('gets what is new at its place, below its group', () => {
    expect(withSetting(mine, 'export.expose_sessions', 'true')).toBe(mine.replace('limit: 200\n', 'limit: 200\n  expose_sessions: true\n'));
    expect(withSetting('', 'web.listen_address', ':1')).toBe('web:\n  listen_address: :1\n');
    expect(withSetting(configTemplate(), 'metrics.labels.title', 'true')).toContain('\n    title: true\n');
  });

  it('loses what is taken out, and a group with nothing left in it', () => {
    expect(withoutSetting(mine, 'export.limit')).toBe(mine.replace('\n\n  limit: 200', ''));
    expect(withoutSetting('log:\n  level: warn\ntimezone: UTC\n', 'log.level')).toBe('timezone: UTC\n');
  });

  it('is not touched when it is not valid', () => {
    expect(() => withSetting('a: [', 'log.level', 'warn')).toThrow('not valid YAML');
  });
});

describe('config: the template', () => {
  it('is a valid file that decides nothing', () => {
    const file = parseConfig('config.yaml', configTemplate());
    expect(file.problems).toEqual([]);
    expect(settingKeys.filter((key) => file.valueOf(key) !== undefined)).toEqual([]);
  });

  it('with every setting uncommented is valid too, and says every one of them', () => {
    const [heading, ...rest] = configTemplate().split('\n\n');
    const uncommented = rest.join('\n\n').replaceAll(/^( *)# ([a-z_]+: )/gm, '$1$2');
    const file = parseConfig('config.yaml', `${heading}\n\n${uncommented}`);
    expect(file.problems).toEqual([]);
    for (const name of settingNames) {
      const { key, schema } = settingOf(name);
      if (key === undefined) continue;
      expect([key, file.valueOf(key)]).not.toEqual([key, undefined]);
      expect([key, schema.safeParse(file.valueOf(key)).error?.issues]).toEqual([key, undefined]);
    }
  });
});

describe('config: places', () => {
  const at = (platform: 'linux' | 'darwin' | 'win32', home: string, env = {}) => [configPath({ platform, home, env }), statePath({ platform, home, env })];

  it('are those of XDG, macOS and Windows', () => {
    expect(at('linux', '/home/ada')).toEqual(['/home/ada/.config/watchroom/config.yaml', '/home/ada/.local/state/watchroom']);
    expect(at('linux', '/home/ada', { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' })).toEqual(['/c/watchroom/config.yaml', '/s/watchroom']);
    expect(at('darwin', '/Users/ada')).toEqual(['/Users/ada/Library/Application Support/watchroom/config.yaml', '/Users/ada/Library/Application Support/watchroom']);
    expect(at('win32', 'C:\\Users\\ada')).toEqual(['C:\\Users\\ada\\AppData\\Roaming\\watchroom\\config.yaml', 'C:\\Users\\ada\\AppData\\Local\\watchroom']);
    expect(at('win32', 'C:\\Users\\ada', { APPDATA: 'D:\\R', LOCALAPPDATA: 'D:\\L' })).toEqual(['D:\\R\\watchroom\\config.yaml', 'D:\\L\\watchroom']);
  });
});

describe('config: the one table', () => {
  it('has every key, flag and variable once', () => {
    const rows = settingNames.map(settingOf);
    for (const said of [rows.flatMap(({ key }) => key ?? []), rows.flatMap(({ flag }) => flag ?? []), rows.map(({ variable }) => variable)]) {
      expect(said).toEqual([...new Set(said)]);
    }
  });

  it('has variables named after the key, and defaults that its own schema takes', () => {
    for (const { key, variable, default: usual, schema } of settingNames.map(settingOf)) {
      if (key !== undefined) expect(variable).toBe(`WATCHROOM_${key.toUpperCase().replaceAll('.', '_')}`);
      expect([variable, schema.safeParse(usual).success]).toEqual([variable, true]);
    }
  });

  it('is the table in docs/configuration.md (else: node scripts/cli-docs.ts)', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(page.slice(page.indexOf('| In the file'), page.indexOf('\n<!-- /settings'))).toBe(settingsTable());
  });
});

describe('config: did you mean', () => {
  it('suggests what is near and nothing that is not', () => {
    expect(nearest('limti', ['limit', 'window'])).toBe('limit');
    expect(nearest('workign', ['working', 'waiting'])).toBe('working');
    expect(nearest('listen-address', ['listen_address'])).toBe('listen_address');
    expect(nearest('bogus', ['limit', 'window'])).toBeUndefined();
    expect(didYouMean('x', [])).toBe('');
  });
});
