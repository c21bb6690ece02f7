import type { Compilable, CompiledQuery } from 'kysely';
import type { Store, Work } from './open.ts';

/**
 * A query that is built and compiled once for each engine and from then on only given its values: making its text anew costs more than most take to run. For what every request or every post asks.
 * @param build the query, with each value where it belongs; it may not look at them, as they are not there yet. One that takes a Work runs in transactions only
 */
export const statement = <Values extends object, Row, On extends Store | Work>(build: (store: On, values: Values) => Compilable<Row>): ((store: On, values: Values) => Promise<readonly Row[]>) => {
  const kept = new WeakMap<object, CompiledQuery<Row>>();
  return async (store, values) => {
    const { adapter } = store.getExecutor(); // one for each opened store, and the same in its transactions
    const known = kept.get(adapter) ?? build(store, gaps as Values).compile();
    kept.set(adapter, known);
    return (await store.executeQuery<Row>({ ...known, parameters: known.parameters.map((part) => (part instanceof Gap ? part.of(values) : part)) })).rows;
  };
};

/** Holds a value's place in a query. */
class Gap {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  of(values: object): unknown {
    return (values as Readonly<Record<string, unknown>>)[this.#name];
  }
}

/** Whatever value is asked of it, it has a gap of that name. */
const gaps: object = new Proxy({}, { get: (_none, name) => new Gap(String(name)) });
