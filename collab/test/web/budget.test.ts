import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './support/browser.ts';
import { dist, namedIn, pageBytes, pageManifest } from './support/page-bytes.ts';

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

  it('what a room is drawn from first has no mattermost-redux; that comes behind the paint', () => {
    const first = namedIn('room.html').map((file) => readFileSync(join(dist, file), 'utf8'));
    const kept = readFileSync(join(dist, pageManifest()['src/chat/room-chat.ts']!.file), 'utf8');
    expect([first.some((code) => code.includes('RECEIVED_POSTS_IN_CHANNEL')), kept.includes('RECEIVED_POSTS_IN_CHANNEL')]).toEqual([false, true]);
  });

  it('no other page brings the room', () => {
    const manifest = pageManifest();
    const room = namedIn('room.html').find((file) => file.startsWith('assets/room-'));
    const importers = Object.entries(manifest).filter(([, { imports = [] }]) => imports.some((key) => manifest[key]!.file === room)).map(([key]) => key);
    expect(importers.filter((key) => !key.startsWith('src/chat/') && !key.startsWith('src/room/'))).toEqual([]);
  });

  it('everything that is large enough is there compressed', () => {
    for (const { file } of Object.values(pageManifest())) if (readFileSync(join(dist, file)).length > 1000 && /\.(js|css)$/.test(file)) expect([existsSync(join(dist, `${file}.br`)), existsSync(join(dist, `${file}.gz`))]).toEqual([true, true]);
  });
});
