import { describe, expect, it } from '@jest/globals';
import { symlinkSync, writeFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { hindranceOf } from '../../src/files/hindrance.ts';
import { readZst } from '../../src/files/zst.ts';
import type { LineLimits } from '../../src/files/cut-lines.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

const read = async (path: string, limits?: LineLimits): Promise<string[]> => {
  const pieces: string[] = [];
  for await (const piece of readZst(path, limits)) pieces.push(`${piece.position}: ${piece.kind === 'lines' ? piece.bytes.toString() : `<${piece.length}>`}`);
  return pieces;
};

describe('readZst: a compressed log, whole and once', () => {
  it('hands out its lines, the last one also without its line end', async () => {
    const path = folder.at('rollout.jsonl.zst');
    writeFileSync(path, zstdCompressSync('one\ntwo\nthree'));
    expect(await read(path)).toEqual(['0: one\ntwo\n', '8: three']);
  });

  it('cuts large ones into pieces and streams long lines past', async () => {
    const path = folder.at('large.jsonl.zst');
    const lines = Array.from({ length: 40_000 }, (_, n) => `{"n":${n}}\n`).join('');
    writeFileSync(path, zstdCompressSync(`${lines}${'x'.repeat(200_000)}\n${lines}`));
    const pieces = await read(path, { chunkBytes: 10_000, maxLineBytes: 20_000 });
    expect(pieces.filter((piece) => piece.includes('<'))).toEqual([`${lines.length}: <200000>`]);
    expect(pieces.filter((piece) => !piece.includes('<')).map((piece) => piece.replace(/^\d+: /, '')).join('')).toBe(lines + lines);
  });

  it('throws when the file is damaged, cut off, gone or a link, and says which', async () => {
    const whole = zstdCompressSync('one\ntwo\n'.repeat(1000));
    writeFileSync(folder.at('cut.zst'), whole.subarray(0, whole.length - 5));
    writeFileSync(folder.at('text.zst'), 'not compressed at all');
    symlinkSync(folder.at('rollout.jsonl.zst'), folder.at('link.zst'));
    const failure = (name: string): Promise<string> => read(folder.at(name)).then(() => 'read', hindranceOf);
    expect(await failure('cut.zst')).toBe('io_error');
    expect(await failure('text.zst')).toBe('io_error');
    expect(await failure('gone.zst')).toBe('vanished');
    expect(await failure('link.zst')).toBe('symlink');
    await expect(read(folder.at('gone.zst'))).rejects.toThrow(/cannot decompress .*gone.zst/);
  });
});
