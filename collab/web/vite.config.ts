import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { firstFiles } from './first-files.ts';
import { firstScript } from './first-script.ts';
import { leftOut } from './left-out.ts';
import { precompressed } from './precompress.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page, built into dist: what the hub serves (server/pages/web.ts). */
export default defineConfig({
  root: here('.'),
  plugins: [react(), leftOut(), firstScript(), firstFiles(), precompressed()],
  resolve: {
    conditions: ['watchroom-source', 'module', 'browser', 'development|production'],
    // mattermost-redux wants moment-timezone for one function; the real one brings 727 kB of zones.
    alias: { 'moment-timezone': here('src/chat/moment-shim.ts'), entities: here('src/chat/entities.ts') },
  },
  build: {
    outDir: here('dist'), emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false, manifest: true,
    // The packages' own words on what may be done with them go along.
    license: { fileName: 'licences.md' },
    modulePreload: { polyfill: false },
    // Few files, each a thing that is needed at once: a browser asks for six at a time, and each costs a way to the hub and back.
    // Groups take along what their modules import; what the room shares with other pages goes to all, so that none of them brings a room.
    rolldownOptions: { output: { codeSplitting: { groups: [
      { name: 'index', test: /web[\\/]src[\\/](?:main\.tsx|sessions[\\/]card\.tsx|inbox[\\/](?:request-rows\.tsx|preference\.ts)|api[\\/]talk\.ts)$|rolldown[\\/]runtime/, priority: 2 },
      { name: 'room', test: /web[\\/]src[\\/]room[\\/]page\.tsx$/, priority: 1 },
    ] } } },
  },
});
