/** Everything the page draws: a dashboard's JSON and what Prometheus said to its queries. `pictures.ts` makes it, the page reads it once. */
export interface Scene {
  readonly title: string;
  readonly theme: 'dark' | 'light';
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** What the time picker would say. */
  readonly timeText: string;
  readonly variables: readonly Chosen[];
  readonly panels: readonly Panel[];
  readonly annotations: readonly Annotation[];
}

/** A variable and its value. */
export interface Chosen {
  readonly name: string;
  readonly label: string;
  readonly text: string;
  readonly hidden: boolean;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** Options of the panel's type, as its plugin defines them. */
  readonly options: Record<string, unknown>;
  /** Grafana's FieldConfigSource, as far as it is looked into here. */
  readonly fieldConfig: {
    readonly defaults: { readonly noValue?: string; readonly custom?: Record<string, unknown> };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value?: unknown }[] }[];
  };
  readonly transformations: readonly { readonly id: string; readonly options: unknown }[];
  readonly answers: readonly Answer[];
}

/** What Prometheus said to one query of a panel. */
export interface Answer {
  readonly refId: string;
  readonly format: string;
  readonly legendFormat: string;
  readonly query: string;
  readonly stepSeconds: number;
  readonly series: readonly Series[];
  readonly error?: string;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds and value as Prometheus writes them. */
  readonly samples: readonly (readonly [number, string])[];
}

/** A moment that is marked in panels over time. */
export interface Annotation {
  readonly at: number;
  readonly color: string;
}
