/** Until 2.1.97 the rows of a call carried a streaming placeholder as output when they had no stop reason (FORMATS.md 1.4). */
export const outputIsPlaceholder = (version: string | undefined): boolean => {
  if (version === undefined) return false;
  if (version !== lastVersion) {
    lastVersion = version;
    lastAnswer = isBefore(version, [2, 1, 97]);
  }
  return lastAnswer;
};

let lastVersion = '';
let lastAnswer = false;

const isBefore = (version: string, [major, minor, patch]: readonly [number, number, number]): boolean => {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version);
  if (!match) return false;
  const [a, b, c] = match.slice(1).map(Number) as [number, number, number];
  return a !== major ? a < major : b !== minor ? b < minor : c < patch;
};
