/** Gives every key of a terminal, until `stop`, after which it is as it was. undefined: no terminal, or nobody at it. */
export const listenForKeys = (stdin: NodeJS.ReadStream | undefined, onKey: (key: string) => void): (() => void) | undefined => {
  if (stdin?.isTTY !== true) return undefined;
  const hear = (piece: Buffer | string): void => {
    for (const [key] of String(piece).matchAll(aKey)) onKey(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', hear);
  stdin.resume();
  return () => {
    stdin.off('data', hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
};

/** Keys that were pressed quickly come in one piece; arrows and the like begin with an escape. */
const aKey = /\u001b\[[0-9;]*[A-Za-z~]|[\s\S]/gu;
