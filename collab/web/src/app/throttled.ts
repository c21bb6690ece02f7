/** Runs at once, then not again before so many milliseconds have passed; what comes in between is left out. */
export const throttled = <Args extends readonly unknown[]>(run: (...args: Args) => void, ms: number): ((...args: Args) => void) => {
  let last = 0;
  return (...args) => {
    if (Date.now() - last < ms) return;
    last = Date.now();
    run(...args);
  };
};
