/** Passes paths on, each at most once in a while. */
export interface Coalescer {
  readonly mention: (path: string) => void;
  readonly close: () => void;
}

/** Tells a path at its first mention, then while it goes on being mentioned once per `everyMs`; the last mention is never lost. */
export const coalesce = (tell: (path: string) => void, everyMs: number): Coalescer => {
  const resting = new Map<string, { again: boolean; timer: NodeJS.Timeout }>();
  const rest = (path: string): NodeJS.Timeout => setTimeout(() => wake(path), everyMs).unref();
  const wake = (path: string): void => {
    const entry = resting.get(path);
    if (!entry?.again) return void resting.delete(path);
    resting.set(path, { again: false, timer: rest(path) });
    tell(path);
  };
  return {
    mention: (path) => {
      const entry = resting.get(path);
      if (entry) return void (entry.again = true);
      resting.set(path, { again: false, timer: rest(path) });
      tell(path);
    },
    close: () => {
      for (const { timer } of resting.values()) clearTimeout(timer);
      resting.clear();
    },
  };
};
