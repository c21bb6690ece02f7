/** What is to be told of a session: that it is new, or how it is now. The row is read when it is told, so the last one wins. */
export type News = 'created' | 'updated' | 'ended';

/** A session is told of at most this often. */
export const quietMs = 1000;
/** News gather this long before they are told together. */
export const gatherMs = 25;

export interface Coalescer {
  readonly add: (sessionId: string, news: News) => void;
  readonly forget: (sessionId: string) => void;
  readonly stop: () => void;
}

/** Gathers news: the first of a session soon, further ones at most once a second, beginnings and ends at once. */
export const createCoalescer = (tell: (batch: ReadonlyMap<string, News>) => void, now: () => number = () => performance.now()): Coalescer => {
  const waiting = new Map<string, { news: News; dueAt: number }>();
  const toldAt = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Infinity;

  const wakeAt = (at: number): void => {
    if (at >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = at;
    timer = setTimeout(flush, Math.max(gatherMs, at - now()));
  };
  const flush = (): void => {
    const at = now();
    wakesAt = Infinity;
    const due = [...waiting].filter(([, { dueAt }]) => dueAt <= at);
    for (const [id] of due) {
      waiting.delete(id);
      toldAt.delete(id); // so that the order of the map is that of time
      toldAt.set(id, at);
    }
    for (const [id, then] of toldAt) {
      if (then + quietMs > at) break;
      toldAt.delete(id);
    }
    if (due.length > 0) tell(new Map(due.map(([id, { news }]) => [id, news])));
    let next = Infinity;
    for (const { dueAt } of waiting.values()) next = Math.min(next, dueAt);
    if (next < Infinity) wakeAt(next);
  };
  return {
    add: (id, news) => {
      const before = waiting.get(id);
      const at = now();
      const dueAt = news === 'updated' ? Math.max(at, (toldAt.get(id) ?? -Infinity) + quietMs) : at;
      waiting.set(id, { news: before?.news === 'created' ? 'created' : news, dueAt: Math.min(dueAt, before?.dueAt ?? Infinity) });
      wakeAt(dueAt);
    },
    forget: (id) => { waiting.delete(id); },
    stop: () => clearTimeout(timer),
  };
};
