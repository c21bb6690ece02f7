/** Something that can be asked for before anybody wants it. */
export interface Ahead<Args extends readonly string[], Answer> {
  /** Asks now and keeps the answer for the first who wants it. Fulfilled when it came, whatever it is. */
  readonly begin: (...args: Args) => Promise<void>;
  /** The answer that came ahead, if it is there. */
  readonly known: (...args: Args) => Answer | undefined;
  /** The answer that came ahead or is on its way, once; else asks. */
  readonly ask: (...args: Args) => Promise<Answer>;
}

/** Lets what the address calls for be asked while the page's code is still on its way. */
export const ahead = <Args extends readonly string[], Answer>(ask: (...args: Args) => Promise<Answer>): Ahead<Args, Answer> => {
  const coming = new Map<string, { readonly answer: Promise<Answer>; known?: Answer }>();
  const keyOf = (args: Args): string => JSON.stringify(args);
  return {
    begin: async (...args) => {
      const asked: { readonly answer: Promise<Answer>; known?: Answer } = { answer: ask(...args) };
      coming.set(keyOf(args), asked);
      // Whoever wants it hears what went wrong.
      await asked.answer.then((answer) => { asked.known = answer; }, () => undefined);
    },
    known: (...args) => coming.get(keyOf(args))?.known,
    ask: (...args) => {
      const asked = coming.get(keyOf(args));
      coming.delete(keyOf(args));
      return asked?.answer ?? ask(...args);
    },
  };
};
