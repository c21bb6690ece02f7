/** Calls whose result has not come yet, by id. Plain JSON: it lies in a reader's memo. */
export type AwaitedCalls<Call> = { [id: string]: Call };

const most = 50;

/** Remembers a call; beyond 50 the oldest is given up. */
export const expectResult = <Call>(calls: AwaitedCalls<Call>, id: string, call: Call): void => {
  if (id === '__proto__') return;
  delete calls[id];
  calls[id] = call;
  const ids = Object.keys(calls);
  if (ids.length > most) delete calls[ids[0]!];
};

/** The call of that id; undefined when none is awaited. */
export const awaited = <Call>(calls: AwaitedCalls<Call> | undefined, id: string | undefined): Call | undefined => (calls !== undefined && id !== undefined && Object.hasOwn(calls, id) ? calls[id] : undefined);
