import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { leftOut } from './left-out.ts';
import { precompressed } from './precompress.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page, built into dist: what the hub serves (server/pages/web.ts). */
export default defineConfig({
  root: here('.'),
  plugins: [react(), leftOut(), precompressed()],
  resolve: {
    conditions: ['watchroom-source', 'module', 'browser', 'development|production'],
    // mattermost-redux wants moment-timezone for one function; the real one brings 727 kB of zones.
    alias: { 'moment-timezone': here('src/chat/moment-shim.ts') },
  },
  build: {
    outDir: here('dist'), emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false, manifest: true,
    // The packages' own words on what may be done with them go along.
    license: { fileName: 'licences.md' },
    modulePreload: { polyfill: false },
  },
});
