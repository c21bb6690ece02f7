import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './support/browser.ts';
import { dist, pageBytes, pageManifest } from './support/page-bytes.ts';

const sources = fileURLToPath(new URL('../../web/src', import.meta.url));

describe('[G10] what a page costs', () => {
  beforeAll(buildPage);

  it('home: at most 130 kB of JavaScript, gzip', () => {
    expect(pageBytes().home).toBeLessThanOrEqual(130_000);
  });

  it('room: at most 300 kB', () => {
    expect(pageBytes().room).toBeLessThanOrEqual(300_000);
  });

  it('mattermost-redux is imported in web/chat alone', () => {
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    expect(files.filter((name) => !name.startsWith('chat/') && readFileSync(join(sources, name), 'utf8').includes("from 'mattermost-redux"))).toEqual([]);
  });

  it('everything that is large enough is there compressed', () => {
    for (const { file } of Object.values(pageManifest())) if (readFileSync(join(dist, file)).length > 1000 && /\.(js|css)$/.test(file)) expect([existsSync(join(dist, `${file}.br`)), existsSync(join(dist, `${file}.gz`))]).toEqual([true, true]);
  });
});
