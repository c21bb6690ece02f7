/** The candidate most like what was written, for "did you mean"; undefined when none is close. */
export const nearest = (written: string, candidates: readonly string[]): string | undefined => {
  const close = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(plainly(written), plainly(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.min(candidate.length, written.length) / 2.5)));
  return close.sort((a, b) => a.distance - b.distance)[0]?.candidate;
};

/** " Did you mean x?", or nothing. */
export const didYouMean = (written: string, candidates: readonly string[]): string => {
  const candidate = nearest(written, candidates);
  return candidate === undefined ? '' : ` Did you mean ${candidate}?`;
};

/** listenAddress, listen-address and listen_address are one name. */
const plainly = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');

/** Insertions, deletions, replacements and swaps of neighbours that make one word of the other. */
const distanceOf = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) least = Math.min(least, beforeLast[column - 2]! + 1);
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
};
