/** Handy numbers of seconds, as Grafana rounds to. */
const handy = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Seconds between the points of a panel: as many points as it is wide, but not less than its least step. */
export const stepOf = ({ from, to, leastSeconds, points }: { readonly from: number; readonly to: number; readonly leastSeconds: number; readonly points: number }): number => {
  const wished = (to - from) / 1000 / points;
  return Math.max(leastSeconds, handy.find((step) => step >= wished) ?? 86_400);
};
