import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Writes .br and .gz beside what was built, so that the hub never compresses a page twice. */
export const precompressed = (): Plugin => {
  let folder = '';
  return {
    name: 'precompressed', apply: 'build',
    configResolved: ({ build }) => { folder = build.outDir; },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile() && /\.(js|css|html|svg)$/.test(entry.name)) compress(join(entry.parentPath, entry.name));
    },
  };
};

const compress = (file: string): void => {
  const bytes = readFileSync(file);
  if (bytes.length < 1000) return;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
};
