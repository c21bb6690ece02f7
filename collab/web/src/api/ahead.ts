/** Something that can be asked for before anybody wants it. */
export interface Ahead<Args extends readonly string[], Answer> {
  /** Asks now and keeps the answer for the first who wants it; undefined: there was none. */
  readonly begin: (...args: Args) => Promise<Answer | undefined>;
  /** The same with an answer that is got in another way. */
  readonly keep: (answer: Promise<Answer | undefined>, ...args: Args) => Promise<Answer | undefined>;
  /** The answer that came ahead, if it is there. */
  readonly known: (...args: Args) => Answer | undefined;
  /** The answer that came ahead or is on its way, once; else asks. */
  readonly ask: (...args: Args) => Promise<Answer>;
}

interface Coming {
  readonly answer: Promise<unknown>;
  known?: unknown;
}

/** Where the first script leaves answers to the page's own code, for these are two programs (web/first-script.ts). */
const asked = ((globalThis as { watchroomAsked?: { readonly coming: Map<string, Coming>; all: Promise<unknown> } }).watchroomAsked ??= { coming: new Map(), all: Promise.resolve() });

/** Lets what the address calls for be asked while the page's code is still on its way. */
export const ahead = <Args extends readonly string[], Answer>(name: string, ask: (...args: Args) => Promise<Answer>): Ahead<Args, Answer> => {
  const keyOf = (args: Args): string => JSON.stringify([name, ...args]);
  const keep: Ahead<Args, Answer>['keep'] = (given, ...args) => {
    const answer = given.catch(() => undefined);
    const coming: Coming = { answer };
    void answer.then((known) => { coming.known = known; });
    asked.coming.set(keyOf(args), coming);
    return answer;
  };
  return {
    keep,
    begin: (...args) => keep(ask(...args), ...args),
    known: (...args) => asked.coming.get(keyOf(args))?.known as Answer | undefined,
    ask: async (...args) => {
      const coming = asked.coming.get(keyOf(args));
      asked.coming.delete(keyOf(args));
      // Whoever wants it asks again, and hears what goes wrong.
      return ((await coming?.answer) as Answer | undefined) ?? ask(...args);
    },
  };
};

/** All that is asked ahead, to be waited for. */
export const asking = (all: Promise<unknown>): void => { asked.all = all; };
export const askedAhead = (): Promise<unknown> => asked.all;
