import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { requireServer } from '../../../exporter/test/servers.ts';
import { openStage } from './support/browser.ts';
import type { Stage } from './support/browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

requireServer('chromium')('every page in both themes', () => {
  let stage: Stage;
  let room: string;

  beforeAll(async () => {
    stage = await openStage();
    room = `/rooms/${stage.scene.sick}`;
  }, 60_000);
  afterAll(() => stage?.stop());

  const pages = [['sessions', '/', '.card'], ['sessions as a list', '/?view=list', '.session-table'], ['room', '', '.chat .composer'], ['inbox', '/inbox', 'main.inbox h1'], ['profile', '/settings/profile', 'form'], ['members', '/settings/members', '.rows li'], ['tokens', '/settings/tokens', '.rows'], ['team', '/settings/team', 'fieldset'], ['audit log', '/settings/audit', 'table']] as const;

  describe.each(['light', 'dark'] as const)('in %s', (theme) => {
    it.each(pages)('%s has no serious fault of accessibility, nothing sideways at 360 px and breaks no policy', async (_name, path, ready) => {
      const { page, context, complaints } = await stage.look(stage.scene.people.ada, path || room, { theme });
      await page.waitForSelector(ready);
      // By the debugger, as the page's policy lets no foreign script in.
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<{ violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[] }> } }).axe.run());
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))])).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
});
