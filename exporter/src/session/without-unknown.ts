/** Unknown is absent, not a key with undefined: what crosses threads and ends in JSON has no empty fields. */
export const withoutUnknown = <Facts extends object>(facts: Facts): Partial<Facts> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<Facts>;
