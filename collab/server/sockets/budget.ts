/** How many asks one connection may send: so many at once, refilled by so many a second. */
export const askBudget = { atOnce: 40, perSecond: 10 } as const;

/** A budget that is used up by asking too fast. */
export const createBudget = (now: () => number = () => performance.now()): { readonly take: () => boolean } => {
  let left: number = askBudget.atOnce;
  let at = now();
  return {
    take: () => {
      const then = now();
      left = Math.min(askBudget.atOnce, left + ((then - at) / 1000) * askBudget.perSecond);
      at = then;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
