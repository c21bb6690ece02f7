import { bytes } from './bytes.ts';

/** What the hub takes: rooms/api/files.ts. */
export const fileLimits = { bytes: 5 * 2 ** 20, aMessage: 10 } as const;

/** Those that fit, and a sentence about those that do not. */
export const sorted = <Given extends { readonly name: string; readonly size: number }>(given: readonly Given[], room: number): { readonly taken: readonly Given[]; readonly why: string | undefined } => {
  const fit = given.filter(({ size }) => size > 0 && size <= fileLimits.bytes);
  const taken = fit.slice(0, Math.max(0, room));
  const odd = given.find((one) => !fit.includes(one));
  const why = odd !== undefined ? `${odd.name} ${odd.size === 0 ? 'is empty' : `is larger than ${bytes(fileLimits.bytes)}, the most a file may have`}.` : fit.length > taken.length ? `A message takes ${fileLimits.aMessage} files.` : undefined;
  return { taken, why };
};
