import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { teamSettings, teamSettingsChange } from '../../server/store/team-settings.ts';

const page = readFileSync(new URL('../../../docs/hub-accounts.md', import.meta.url), 'utf8');

it('[U2] docs/hub-accounts.md lists every setting of a team with its default, and no other', () => {
  const rows = [...page.matchAll(/^\| `([a-zA-Z.]+)` \| (\S+) \|/gm)].map(([, name, value]) => [name, value]);
  const defaults = teamSettings.parse({}) as Record<string, unknown>;
  const shape = (teamSettingsChange as unknown as { shape: Record<string, { unwrap: () => { unwrap: () => { shape?: Record<string, unknown> } } }> }).shape;
  const names = Object.entries(shape).flatMap(([name, value]) => {
    const inner = value.unwrap().unwrap().shape;
    return inner === undefined ? [name] : Object.keys(inner).map((key) => `${name}.${key}`);
  });
  const valueOf = (name: string): unknown => name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], defaults);
  const told = (value: unknown): string => (Array.isArray(value) && value.length === 0 ? 'none' : String(value ?? 'never'));
  expect(rows).toEqual(names.map((name) => [name, told(valueOf(name))]));
});
