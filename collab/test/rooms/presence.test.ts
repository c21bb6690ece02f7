import { describe, expect, it } from '@jest/globals';
import { liveLimits } from '../../server/rooms/live/live.ts';
import { Presence } from '../../server/rooms/live/presence.ts';

/** Presence with a clock of its own, and everything it told. */
const aPresence = () => {
  const clock = { now: 1_000_000 };
  const told: string[] = [];
  const presence = new Presence(() => clock.now, (user, status) => told.push(`${user} ${status}`));
  const pass = (ms: number): void => { for (let left = ms; left > 0; left -= 1000) { clock.now += Math.min(left, 1000); presence.tick(); } };
  return { presence, told, pass };
};

describe('[R4] presence', () => {
  it('is online at once, away after 5 minutes without input in any tab, online again at a touch', () => {
    const { presence, told, pass } = aPresence();
    presence.came('ada', 'tab 1');
    presence.came('ada', 'tab 2');
    pass(4 * 60_000);
    presence.touched('ada');
    pass(5 * 60_000 - 1000);
    expect(told).toEqual(['ada online']);
    pass(1000);
    expect(told).toEqual(['ada online', 'ada away']);
    presence.touched('ada');
    expect(told).toEqual(['ada online', 'ada away', 'ada online']);
  });

  it('a reload is silent', () => {
    const { presence, told, pass } = aPresence();
    presence.came('ada', 'before');
    presence.left('ada', 'before');
    pass(19_000);
    expect(presence.of('ada')).toBe('online');
    presence.came('ada', 'after');
    pass(60_000);
    expect(told).toEqual(['ada online']);
  });

  it('one of two tabs closing is silent, too', () => {
    const { presence, told, pass } = aPresence();
    presence.came('ada', 'tab 1');
    presence.came('ada', 'tab 2');
    presence.left('ada', 'tab 1');
    pass(60_000);
    expect(told).toEqual(['ada online']);
  });

  it('is offline 20 s after the last tab closed, and within 30 s of a crash', () => {
    const { presence, told, pass } = aPresence();
    presence.came('ada', 'tab');
    presence.left('ada', 'tab');
    pass(20_000);
    expect(told).toEqual(['ada online', 'ada offline']);
    const longestSilence = 10_000 + 8000;
    expect(longestSilence + liveLimits.silentGraceMs + liveLimits.tickMs).toBeLessThanOrEqual(30_000);
  });

  it('whoever left away stays so until they are gone; nothing is kept of who is offline', () => {
    const { presence, told, pass } = aPresence();
    presence.came('ada', 'tab');
    pass(6 * 60_000);
    presence.left('ada', 'tab');
    pass(30_000);
    expect(told).toEqual(['ada online', 'ada away', 'ada offline']);
    expect(presence.statusOf('ada')).toMatchObject({ status: 'offline', last_activity_at: 0 });
    presence.left('ada', 'tab');
    presence.touched('ada');
    expect(presence.of('ada')).toBe('offline');
  });
});
