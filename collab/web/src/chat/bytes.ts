/** 812 B, 14 kB, 5 MB */
export const bytes = (size: number): string => {
  if (size < 1024) return `${size} B`;
  const [value, unit] = size < 2 ** 20 ? [size / 1024, 'kB'] : [size / 2 ** 20, 'MB'];
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
};
