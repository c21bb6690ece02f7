import type { Health } from '../session/health-type.ts';
import type { EpochMs, Histogram } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../session/snapshot.ts';

/** A value and its labels, in the order of the metric's own `labels`. An undefined label is left out. */
export type Reading = readonly [value: number, ...labels: (string | undefined)[]];

/** A histogram and its labels. The bounds are `durationBounds`. */
export type HistogramReading = readonly [histogram: Histogram, ...labels: (string | undefined)[]];

/** One row of the catalogue (METRICS.md). */
interface Row {
  readonly name: string;
  /** As OpenTelemetry writes units (UCUM); '' for money, whose unit would become a name suffix. */
  readonly unit: '' | '1' | 's' | 'By' | '{token}';
  /** A full sentence. */
  readonly help: string;
  /** How many series, in words for the docs. */
  readonly cardinality: string;
}

/** Series of one session; they disappear when the session leaves the export window. */
export interface SessionMetric extends Row {
  readonly scope: 'session';
  readonly type: 'counter' | 'gauge';
  /** Besides session_id and tool. */
  readonly labels: readonly string[];
  /** It changes with time alone, without a record. */
  readonly timed?: true;
  readonly read: (session: Session, see: SessionSight) => readonly Reading[];
}

/** What a session metric may look at besides the session. */
export interface SessionSight {
  readonly health: Health;
  readonly labels: LabelSettings;
}

/** Which free text may become a label. Projects come as the path mode lets them be told (ledger, sweep). */
export interface LabelSettings {
  /** Titles tell what people work on. @default false */
  readonly title?: boolean;
  /** Base URL of the collaboration service; without one there is no room to link to. */
  readonly hubUrl?: string;
  /** Tool names with a label of their own, per session. @default 20 */
  readonly toolNames?: number;
}

/** Series of everything this machine has counted; they never disappear and never fall. */
export interface FleetMetric extends Row {
  readonly scope: 'fleet';
  readonly labels: readonly string[];
  readonly type: 'counter' | 'gauge';
  /** 'ledger': from `Snapshot.fleet` by the metric's name. */
  readonly read: 'ledger' | ((snapshot: Snapshot) => readonly Reading[]);
}

export interface FleetHistogramMetric extends Row {
  readonly scope: 'fleet';
  readonly labels: readonly string[];
  readonly type: 'histogram';
  /** From `Snapshot.fleetHistograms` by the metric's name. */
  readonly read: 'ledger';
}

/** Series of the observer, from the Snapshot. */
export interface ExporterMetric extends Row {
  readonly scope: 'exporter';
  readonly labels: readonly string[];
  readonly type: 'counter' | 'gauge';
  readonly read: (snapshot: Snapshot) => readonly Reading[];
}

export interface ExporterHistogramMetric extends Row {
  readonly scope: 'exporter';
  readonly labels: readonly string[];
  readonly type: 'histogram';
  readonly read: (snapshot: Snapshot) => readonly HistogramReading[];
}

/** Series of the observer that it measures while serving: prom-client keeps them (own.ts). */
export interface OwnMetric extends Row {
  readonly scope: 'own';
  readonly labels: readonly string[];
  readonly type: 'counter' | 'gauge' | 'histogram';
}

export type SnapshotMetric = FleetMetric | FleetHistogramMetric | ExporterMetric | ExporterHistogramMetric;
export type Metric = SessionMetric | SnapshotMetric | OwnMetric;

/** Unix time in seconds of a time in milliseconds. */
export const unixSeconds = (at: EpochMs): number => at / 1000;

/** One reading of a value that may be unknown; unknown is no series. */
export const known = (value: number | undefined, ...labels: (string | undefined)[]): readonly Reading[] => (value === undefined ? [] : [[value, ...labels]]);
