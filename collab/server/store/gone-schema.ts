export interface GoneDatabase {
  /** What deleted sessions used, by the hour (that of the start where the kind has none): all that is left of them, so that a team's sums stay equal to its fleet counters. */
  gone_use: { team_id: string; user_id: string; tool: string; kind: string; hour: number; value: number; counted: number };
  /** (user, Idempotency-Key) → the answer, for 24 h [R1]. */
  webhook_deliveries: { user_id: string; key: string; body_hash: string; answer: string; created_at: number };
}
