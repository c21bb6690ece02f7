/** Rows as CSV (RFC 4180): a heading, then one line a row; nested values have names like "counted.tokens". */
export const csvOf = (columns: readonly string[], rows: readonly object[]): string => rows.map((row) => {
  const cells = flat(row);
  return `${columns.map((column) => cellOf(cells[column])).join(',')}\r\n`;
}).join('');

export const csvHeading = (columns: readonly string[]): string => `${columns.map(cellOf).join(',')}\r\n`;

/** A row with every nested value under a name of its own. */
const flat = (row: object, before = ''): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(flat(value as object, `${before}${name}.`)) : [[before + name, value]])));

/** Numbers as they are; text quoted where it must be, and with an apostrophe before what a spreadsheet would run as a formula. */
const cellOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = Array.isArray(value) ? value.join('; ') : String(value);
  const harmless = /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
