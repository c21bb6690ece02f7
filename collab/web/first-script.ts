import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { Plugin } from 'vite';

/** src/first.ts as a file of its own that runs before anything of the page is parsed: a module would wait for the page, and one that is async for its first paint. */
export const firstScript = (): Plugin => ({
  name: 'first-script', apply: 'build',
  async buildStart() {
    const bundle = await rolldown({ input: fileURLToPath(new URL('src/first.ts', import.meta.url)), resolve: { conditionNames: ['watchroom-source', 'module', 'browser', 'import'] } });
    const { output: [{ code }] } = await bundle.generate({ format: 'iife', minify: true });
    await bundle.close();
    this.emitFile({ type: 'asset', name: 'first.js', source: code });
  },
  transformIndexHtml: {
    order: 'post',
    // Before the styles: a script waits for those that are named before it.
    handler: (_html, { bundle }) => [{ tag: 'script', attrs: { src: `/${Object.values(bundle!).find((file) => file.type === 'asset' && file.names.includes('first.js'))!.fileName}` }, injectTo: 'head-prepend' }],
  },
});
