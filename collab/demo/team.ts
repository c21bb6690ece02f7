/** The people of the sample team. Invented, as everything here. */
export interface DemoPerson {
  readonly user: string;
  readonly name: string;
  readonly host: string;
  readonly role: 'admin' | 'member' | 'viewer';
}

export const demoTeam = {
  displayName: 'Teashop (sample data)',
  budgets: [{ scope: 'team', period: 'month', usd: 150 }, { scope: 'user', period: 'day', usd: 5 }],
} as const;

export const demoPeople = {
  mira: { user: 'mira', name: 'Mira Olsen', host: 'mira-laptop', role: 'member' },
  jonas: { user: 'jonas', name: 'Jonas Weber', host: 'jonas-desk', role: 'member' },
  aiko: { user: 'aiko', name: 'Aiko Tanaka', host: 'aiko-mac', role: 'admin' },
} as const satisfies Readonly<Record<string, DemoPerson>>;
export type DemoUser = keyof typeof demoPeople;
