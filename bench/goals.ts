/** One number of a goal with what it should be. */
export interface Criterion {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value should be at least or at most this; a stretch that is absent asks for no more than the goal. */
  readonly at: 'least' | 'most';
  readonly goal: number;
  readonly stretch?: number;
}

export type Reached = 'no' | 'goal' | 'stretch';

/** What was found of one goal. */
export interface Finding {
  readonly goal: GoalName;
  readonly criteria: readonly Criterion[];
  /** Raw numbers behind the ratios, by name with its unit. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What limits the finding. */
  readonly notes: readonly string[];
}

/** The goals in words, as the table shows them. */
export const goals = {
  G1a: { what: 'Cold scan of 2 GB, tokens and cost by session and model only, against ccusage 20', goal: '≥ 2× faster, wall and CPU', stretch: '≥ 3× wall' },
  G1b: { what: 'Cold scan of 2 GB, everything, into a new durable ledger, against ccusage 20', goal: '≤ 1× its wall, ≤ 1.5× its CPU', stretch: '≤ 0.5× its wall' },
  G2: { what: 'G1b against reading the files alone (2 × cat)', goal: '≤ 5×', stretch: '≤ 3×' },
  G3: { what: 'One appended line until the new value is in /metrics, against a full run of ccusage 20', goal: '≥ 1,000×', stretch: 'p99 < 50 ms with 5,000 files' },
  G4: { what: 'Start with a current ledger until the first complete picture, against a cold scan', goal: '≥ 10×', stretch: '≥ 20×' },
  G5: { what: 'Peak memory of the cold scan against ccusage 20; memory of the exporter afterwards', goal: '≤ 0.75×; < 150 MB', stretch: '≤ 0.5×; < 110 MB' },
  G6: { what: 'CPU of a scrape at 1,000 and 10,000 sessions against prom-client, all reset and set', goal: '≥ 4× cheaper', stretch: '≥ 10×' },
  G7: { what: 'p99 of /metrics while 2 GB are scanned, against rest', goal: '≤ 5×', stretch: '≤ 2×' },
  G8: { what: 'CPU while nothing happens, 5,000 transcripts and 10 live sessions', goal: '< 0.5 % of a core', stretch: '< 0.1 %' },
  G9: { what: 'Messages in rooms delivered per CPU second against bare ws: a) 1 room × 1,000, nothing kept; b) 200 rooms × 5, durable; c) a stalled reader: p99 of the others', goal: 'a ≥ 0.6×; b ≥ 0.4×; c < 1.2×, dropped', stretch: 'a 0.8×; b 0.6×' },
  G10: { what: 'Initial JavaScript, gzip, of home and room; room painted at 10 Mbit/s and a 4× slower CPU, against an empty page of React', goal: '≤ 130 kB, ≤ 300 kB; ≤ 3×', stretch: '≤ 100 kB, ≤ 240 kB; ≤ 2×' },
  G11: { what: 'Reports of 200 agents × 25 sessions every 5 s to a hub on one core, 200 sockets watching: p99 against an idle hub', goal: '≤ 3×', stretch: '1,000 agents' },
  G12: { what: 'A page of the list at 50 readers, 10,000 sessions stored, against a bare Express route of the same size', goal: '≤ 3×', stretch: '≤ 1.5×' },
  G13: { what: 'watchroom statusline beside an exporter, against a bare node -e 0', goal: '≤ 1.2×, wall and CPU (30 ms where Node takes 25)', stretch: '–' },
  G14: { what: 'First match of watchroom search in 2 GB of transcripts, from the start of the process', goal: '< 100 ms', stretch: '< 50 ms' },
} as const;
export type GoalName = keyof typeof goals;

/** Those of the hub: a run of their own, npm run bench -- --only G11,G12 */
export const hubGoals: readonly GoalName[] = ['G11', 'G12'];
/** Those of its rooms: npm run bench -- --only G9,G10 */
export const roomGoals: readonly GoalName[] = ['G9', 'G10'];
/** Those of what is typed: npm run bench -- --only G13,G14 */
export const commandGoals: readonly GoalName[] = ['G13', 'G14'];
/** Those of the exporter: a whole run. */
export const exporterGoals: readonly GoalName[] = (Object.keys(goals) as GoalName[]).filter((name) => ![...hubGoals, ...roomGoals, ...commandGoals].includes(name));

/** How far all criteria of a finding came. */
export const reachedOf = ({ criteria }: Finding): Reached => {
  if (!criteria.every((criterion) => meets(criterion, criterion.goal))) return 'no';
  return criteria.every((criterion) => criterion.stretch === undefined || meets(criterion, criterion.stretch)) ? 'stretch' : 'goal';
};

const meets = ({ value, at }: Criterion, wanted: number): boolean => (at === 'least' ? value >= wanted : value <= wanted);
