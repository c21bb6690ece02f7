import { errorKinds } from 'watchroom/session/part';
import type { FleetTable } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import { LabelSlots } from './label-slots.ts';
import type { CappedLabel } from './label-slots.ts';
import { privateLabel, privateModel, privateToolName } from './private-labels.ts';
import type { UseGrowth } from './use-growth.ts';

/** Whose growth it is: the agent that reported it first. */
export interface Credit {
  readonly teamId: string;
  readonly userId: string;
  readonly hostName: string;
}

/** What a fleet series says of the session that moved it. */
export interface CreditedSession {
  readonly tool: string;
  readonly project: string | undefined;
  readonly isPrivate: boolean;
}

/** One series as it stands in the store. Money is in integer micro-dollars there; `shownValue` gives the metric's own unit. */
export type FleetSeries = Omit<FleetTable, 'labels'> & { readonly labels: Readonly<Record<string, string>> };

/** A fleet series' value in the unit of its metric. */
export const shownValue = ({ metric, value }: Pick<FleetTable, 'metric' | 'value'>): number => (metric === 'ai_cost_usd_total' ? value / 1e6 : value);

/**
 * The counters over all agents. They live in the store and are only ever added to; memory holds them for the page.
 * A report's increments are gathered, written in its transaction, and shown when that is committed.
 */
export class Fleet {
  readonly #series = new Map<string, { -readonly [Name in keyof FleetSeries]: FleetSeries[Name] }>();
  readonly slots = new LabelSlots();
  #version = 0;

  static async open(store: Store): Promise<Fleet> {
    const fleet = new Fleet();
    for (const row of await store.selectFrom('fleet').selectAll().orderBy('born_at').execute()) fleet.#remember(row);
    return fleet;
  }

  get version(): number {
    return this.#version;
  }

  /** All series, as they were committed. */
  series(): Iterable<FleetSeries> {
    return this.#series.values();
  }

  /** The increments of one report. */
  begin(credit: Credit, now: number): Increments {
    return new Increments(credit, this.slots, (key) => this.#series.has(key), now);
  }

  /** Shows what was committed. */
  apply(increments: Increments): void {
    for (const row of increments.rows()) this.#remember(row);
    this.#version += 1;
  }

  #remember(row: FleetTable): void {
    const key = keyOf(row);
    const known = this.#series.get(key);
    if (known) known.value += row.value;
    else this.#grant(this.#made(key, row));
  }

  #made(key: string, row: FleetTable): FleetSeries {
    const made = { ...row, labels: JSON.parse(row.labels) as Record<string, string> };
    this.#series.set(key, made);
    return made;
  }

  /** A label that has a series keeps its slot after a restart. */
  #grant({ team_id: teamId, labels }: FleetSeries): void {
    for (const name of ['project', 'tool_name', 'model'] as const satisfies readonly CappedLabel[])
      if (labels[name] !== undefined) this.slots.of(name, labels[name], { teamId, ...(labels.tool === undefined ? {} : { tool: labels.tool }) });
  }
}

/** What one report adds. */
export class Increments {
  readonly #credit: Credit;
  readonly #slots: LabelSlots;
  readonly #isKnown: (key: string) => boolean;
  readonly #now: number;
  readonly #rows = new Map<string, FleetTable>();
  readonly #born = new Set<string>();

  constructor(credit: Credit, slots: LabelSlots, isKnown: (key: string) => boolean, now: number) {
    this.#credit = credit;
    this.#slots = slots;
    this.#isKnown = isKnown;
    this.#now = now;
  }

  /** Books the growth of one key of a session. */
  add({ kind, model: told, counted }: UseGrowth, { tool, project: called, isPrivate }: CreditedSession): void {
    if (counted === 0) return;
    const { teamId } = this.#credit;
    this.#bear(tool);
    const model = (): string => this.#slots.of('model', (isPrivate ? privateModel(told) : told) || 'unknown', { teamId });
    const project = (): string => (isPrivate ? privateLabel : this.#slots.of('project', called ?? 'unknown', { teamId }));
    const [family, rest = ''] = split(kind);
    switch (family) {
      case 'requests': return;
      case 'started': return this.#put('ai_sessions_started_total', { tool, project: project() }, counted);
      case 'turns': return this.#put('ai_turns_total', { tool, project: project() }, counted);
      case 'lines': return this.#put('ai_lines_total', { tool, project: project(), change: rest }, counted);
      case 'error': return this.#put('ai_errors_total', { tool, error_kind: rest }, counted);
      case 'tool': return this.#put('ai_tool_calls_total', { tool, tool_name: this.#slots.of('tool_name', isPrivate ? privateToolName(rest) : rest, { teamId, tool }) }, counted);
      case 'micro_usd': return this.#put('ai_cost_usd_total', { tool, model: model(), project: project() }, counted);
      case 'unpriced': return this.#put('ai_unpriced_tokens_total', { tool, model: model(), token_type: rest }, counted);
      default: return this.#put('ai_tokens_total', { tool, model: model(), project: project(), token_type: kind }, counted);
    }
  }

  rows(): Iterable<FleetTable> {
    return this.#rows.values();
  }

  /** In the report's transaction: a series is born at its first increment and only ever added to. */
  async save(work: Work): Promise<void> {
    const rows = [...this.#rows.values()];
    for (let start = 0; start < rows.length; start += 500)
      await work.insertInto('fleet').values(rows.slice(start, start + 500))
        .onConflict((on) => on.columns(['team_id', 'user_id', 'host_name', 'metric', 'labels']).doUpdateSet((is) => ({ value: is('fleet.value', '+', is.ref('excluded.value')) }))).execute();
  }

  /** Every error kind of a tool that is in use, so that a first error is a growth and not a new series. */
  #bear(tool: string): void {
    if (this.#born.has(tool)) return;
    this.#born.add(tool);
    for (const kind of errorKinds) {
      const row = this.#row('ai_errors_total', { tool, error_kind: kind }, 0);
      const key = keyOf(row);
      if (!this.#isKnown(key) && !this.#rows.has(key)) this.#rows.set(key, row);
    }
  }

  #put(metric: string, labels: Readonly<Record<string, string>>, amount: number): void {
    const row = this.#row(metric, labels, amount);
    const key = keyOf(row);
    const before = this.#rows.get(key);
    this.#rows.set(key, before ? { ...before, value: before.value + amount } : row);
  }

  #row(metric: string, labels: Readonly<Record<string, string>>, value: number): FleetTable {
    const { teamId, userId, hostName } = this.#credit;
    return { team_id: teamId, user_id: userId, host_name: hostName, metric, labels: JSON.stringify(labels), value, born_at: this.#now };
  }
}

const keyOf = ({ team_id, user_id, host_name, metric, labels }: FleetTable): string => `${metric} ${team_id} ${user_id} ${host_name}\0${labels}`;

/** "error:api" → ["error", "api"] */
const split = (kind: string): [string, string?] => {
  const at = kind.indexOf(':');
  return at === -1 ? [kind] : [kind.slice(0, at), kind.slice(at + 1)];
};
