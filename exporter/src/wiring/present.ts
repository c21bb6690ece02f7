import type { World } from '../cli/backend.ts';
import { healthSettings } from '../config/health-settings.ts';
import { shownHealthOf } from '../health/health.ts';
import { nowPage } from '../session/now.ts';
import type { NowAsk, NowPage } from '../session/now.ts';
import type { EpochMs } from '../session/part.ts';
import { BurnMeter } from '../sweep/burn.ts';
import type { EngineUpdate } from '../sweep/engine.ts';
import type { Scene } from '../sweep/scene.ts';
import { readReportedLimits } from './reported-limits.ts';

/** The present of this machine as the terminal view and the status line ask for it. */
export interface Present {
  readonly page: (ask: NowAsk) => NowPage;
  /** Takes in what the engine found, after the scene did. */
  readonly saw: (update: EngineUpdate) => void;
  /** Takes in what a status line reported meanwhile. */
  readonly hear: () => void;
}

export const createPresent = (scene: Scene, { config, state }: World, now: () => EpochMs): Present => {
  const meter = new BurnMeter(now());
  const health = healthSettings(config);
  return {
    saw: ({ sessions, complete }) => meter.saw(sessions, { now: now(), complete }),
    hear: () => {
      if (state.kind === 'folder') scene.hear(readReportedLimits(state.path, now()));
    },
    page: (ask) => {
      const at = now();
      const burn = (session: { readonly id: string }) => meter.burnOf(session, at);
      return nowPage(scene.page(at), ask, { now: at, healthOf: (session) => shownHealthOf(session, at, health), burnOf: burn, burn: meter.burn(at), minutes: meter.minutes(at) });
    },
  };
};
