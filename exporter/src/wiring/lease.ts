/** Something that another process does for us only as long as we ask for it again and again. */
export interface Lease {
  /** Rejects when it could not be renewed for so long that it has ended. */
  readonly over: Promise<never>;
  /** Asks no more; resolves when nothing is under way. */
  readonly stop: () => Promise<void>;
}

export const leaseMs = 12_000;
const renewMs = 3000;
/** An exporter that reads its configuration again is away for a moment. */
const awayMs = 15_000;

export const keepRenewing = (renew: () => Promise<void>): Lease => {
  let over: (error: unknown) => void;
  const ended = new Promise<never>((_resolve, reject) => (over = reject));
  ended.catch(() => undefined);
  let renewedAt = performance.now();
  let renewing: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      await renew();
      renewedAt = performance.now();
    } catch (error) {
      if (performance.now() - renewedAt > awayMs) over(error);
    }
  };
  const timer = setInterval(() => (renewing ??= once().finally(() => (renewing = undefined))), renewMs);
  return {
    over: ended,
    stop: async () => {
      clearInterval(timer);
      await renewing;
    },
  };
};
