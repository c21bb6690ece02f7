import type { Curve } from './settings.ts';

/** The factor at a measure: linear between two breakpoints, the first or last factor outside them. */
export const onCurve = (curve: Curve, measure: number): number => {
  const next = curve.findIndex(([at]) => measure <= at);
  if (next === -1) return curve.at(-1)?.[1] ?? 1;
  if (next === 0) return curve[0]![1];
  const [fromAt, from] = curve[next - 1]!;
  const [toAt, to] = curve[next]!;
  return from + ((to - from) * (measure - fromAt)) / (toAt - fromAt);
};
