/** Calls `each` with every line of a chunk of complete lines; empty lines are passed over. The last line may lack its \n. */
export const eachLine = (bytes: Buffer, position: number, each: (line: Buffer, position: number) => void): void => {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const trimmed = end > start && bytes[end - 1] === 13 ? end - 1 : end;
    if (trimmed > start) each(bytes.subarray(start, trimmed), position + start);
    start = end + 1;
  }
};
