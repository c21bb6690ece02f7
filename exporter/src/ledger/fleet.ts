import type Database from 'better-sqlite3';
import type { Growth } from '../session/draft.ts';
import { observe } from '../session/draft.ts';
import { errorKinds } from '../session/part.ts';
import type { EpochMs, Histogram } from '../session/part.ts';
import type { FleetHistogram, FleetSeries } from '../session/snapshot.ts';
import { tokenTypes } from '../session/usage.ts';
import type { Usage } from '../session/usage.ts';

/** How many values a label may take before the rest becomes "other" (METRICS.md). */
export interface LabelCaps {
  readonly projects: number;
  readonly toolNames: number;
}

type Labels = Readonly<Record<string, string>>;
interface Counter { readonly metric: string; readonly labels: Labels; value: number; readonly born: EpochMs; saved: number }

/**
 * The fleet counters: they begin at 0 with the ledger, count only what is newer, and never fall.
 * An increment is booked under the label in force at that moment and stays there.
 */
export class Fleet {
  readonly #db: Database.Database;
  readonly #caps: LabelCaps;
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, { metric: string; labels: Labels; histogram: Histogram }>();
  readonly #dirtyHistograms = new Set<string>();
  readonly #dirty = new Set<Counter>();
  #saveCounter: Database.Statement | undefined;
  #saveHistogram: Database.Statement | undefined;
  #projects: Set<string>;
  #toolNames: Map<string, Set<string>>;
  #version = 0;

  constructor(db: Database.Database, caps: LabelCaps) {
    this.#db = db;
    this.#caps = caps;
    for (const row of db.prepare('SELECT metric, labels, value, born FROM fleet').all() as { metric: string; labels: string; value: number; born: number }[])
      this.#counters.set(`${row.metric} ${row.labels}`, { metric: row.metric, labels: JSON.parse(row.labels), value: row.value, born: row.born, saved: row.value });
    for (const row of db.prepare('SELECT metric, labels, histogram FROM fleet_histograms').all() as { metric: string; labels: string; histogram: string }[])
      this.#histograms.set(`${row.metric} ${row.labels}`, { metric: row.metric, labels: JSON.parse(row.labels), histogram: JSON.parse(row.histogram) });
    this.#projects = this.#valuesOf('project');
    this.#toolNames = this.#toolNamesByTool();
  }

  /** Rises by one at every change, so that readers can tell "nothing new" apart. */
  get version(): number {
    return this.#version;
  }

  /** The value of the project label: the name while there is room, else "other". */
  projectLabel(project: string | undefined): string {
    if (project === undefined) return 'unknown';
    if (this.#projects.has(project)) return project;
    if (this.#projects.size >= this.#caps.projects) return 'other';
    this.#projects.add(project);
    return project;
  }

  /** Gives the project slots to the most used names; what is booked stays where it is. */
  dealProjects(mostUsed: readonly string[]): void {
    this.#projects = new Set(mostUsed.slice(0, this.#caps.projects));
  }

  addUse({ tool, model, project, usage, microUsd, requests, now }: { tool: string; model: string | undefined; project: string; usage: Usage; microUsd: number | undefined; requests: number; now: EpochMs }): void {
    const named = model ?? 'unknown';
    for (const kind of tokenTypes) {
      const tokens = usage[kind];
      if (tokens === undefined) continue;
      this.#add('ai_tokens_total', { tool, model: named, project, token_type: kind }, tokens, now);
      if (microUsd === undefined && tokens > 0) this.#add('ai_unpriced_tokens_total', { tool, model: named, token_type: kind }, tokens, now);
    }
    if (microUsd !== undefined) this.#add('ai_cost_usd_total', { tool, model: named, project }, microUsd, now);
    else if (requests > 0) this.#add('watchroom_unpriced_requests_total', { tool }, requests, now);
  }

  addSession(tool: string, project: string, now: EpochMs): void {
    this.#add('ai_sessions_started_total', { tool, project }, 1, now);
  }

  addGrowth(tool: string, project: string, growth: Growth, now: EpochMs): void {
    if (growth.turns) this.#add('ai_turns_total', { tool, project }, growth.turns, now);
    if (growth.linesAdded) this.#add('ai_lines_total', { tool, project, change: 'added' }, growth.linesAdded, now);
    if (growth.linesRemoved) this.#add('ai_lines_total', { tool, project, change: 'removed' }, growth.linesRemoved, now);
    for (const [kind, count] of Object.entries(growth.errors)) this.#add('ai_errors_total', { tool, error_kind: kind }, count, now);
    for (const [name, count] of Object.entries(growth.toolCalls)) this.#add('ai_tool_calls_total', { tool, tool_name: this.#toolLabel(tool, name) }, count, now);
    for (const [name, seconds] of growth.toolSeconds) this.#observe('ai_tool_call_duration_seconds', { tool, tool_name: this.#toolLabel(tool, name) }, seconds);
    for (const seconds of growth.turnSeconds) this.#observe('ai_turn_duration_seconds', { tool }, seconds);
  }

  /** Every error kind of a tool that is in use, so that a first error is a growth and not a new series. */
  bearTool(tool: string, now: EpochMs): void {
    for (const kind of errorKinds) this.#add('ai_errors_total', { tool, error_kind: kind }, 0, now);
  }

  /** Every series in its metric's own unit; inside, money is integer micro-dollars. */
  series(): FleetSeries[] {
    return sorted(this.#counters).map(({ metric, labels, value, born }) => ({ metric, labels, value: metric === 'ai_cost_usd_total' ? value / 1e6 : value, bornAt: born }));
  }

  histograms(): FleetHistogram[] {
    return sorted(this.#histograms);
  }

  /** Writes what changed; inside the caller's transaction. */
  save(): void {
    if (this.#dirty.size === 0 && this.#dirtyHistograms.size === 0) return;
    const save = (this.#saveCounter ??= this.#db.prepare('INSERT INTO fleet (metric, labels, value, born) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'));
    for (const counter of this.#dirty) {
      save.run(counter.metric, JSON.stringify(counter.labels), counter.value, counter.born);
      counter.saved = counter.value;
    }
    this.#dirty.clear();
    const saveHistogram = (this.#saveHistogram ??= this.#db.prepare('INSERT INTO fleet_histograms (metric, labels, histogram) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET histogram = excluded.histogram'));
    for (const key of this.#dirtyHistograms) {
      const { metric, labels, histogram } = this.#histograms.get(key)!;
      saveHistogram.run(metric, JSON.stringify(labels), JSON.stringify(histogram));
    }
    this.#dirtyHistograms.clear();
  }

  #add(metric: string, labels: Labels, amount: number, now: EpochMs): void {
    const key = `${metric} ${JSON.stringify(labels)}`;
    let counter = this.#counters.get(key);
    if (!counter) {
      counter = { metric, labels, value: 0, born: now, saved: -1 };
      this.#counters.set(key, counter);
      this.#dirty.add(counter);
      this.#version += 1;
    }
    if (amount === 0) return;
    counter.value += amount;
    this.#dirty.add(counter);
    this.#version += 1;
  }

  #observe(metric: string, labels: Labels, seconds: number): void {
    const key = `${metric} ${JSON.stringify(labels)}`;
    this.#histograms.set(key, { metric, labels, histogram: observe(this.#histograms.get(key)?.histogram, seconds) });
    this.#dirtyHistograms.add(key);
    this.#version += 1;
  }

  #toolLabel(tool: string, name: string): string {
    const server = /^mcp__(.+?)__/.exec(name)?.[1];
    const label = server ? `mcp:${server}` : name;
    let known = this.#toolNames.get(tool);
    if (!known) this.#toolNames.set(tool, (known = new Set()));
    if (known.has(label)) return label;
    if (known.size >= this.#caps.toolNames) return 'other';
    known.add(label);
    return label;
  }

  #valuesOf(label: string): Set<string> {
    const values = new Set<string>();
    for (const { labels } of this.#counters.values()) if (labels[label] !== undefined && labels[label] !== 'other' && labels[label] !== 'unknown') values.add(labels[label]);
    return values;
  }

  #toolNamesByTool(): Map<string, Set<string>> {
    const names = new Map<string, Set<string>>();
    for (const { labels } of this.#counters.values()) {
      const { tool, tool_name: name } = labels;
      if (tool === undefined || name === undefined || name === 'other') continue;
      let known = names.get(tool);
      if (!known) names.set(tool, (known = new Set()));
      known.add(name);
    }
    return names;
  }
}

const sorted = <Series>(series: ReadonlyMap<string, Series>): Series[] => [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
