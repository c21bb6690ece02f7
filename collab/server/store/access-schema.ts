export interface AccessDatabase {
  /**
   * Who asks to be let into a room. Kept by the session's key, whether or not there is such a session, so that asking tells nobody which it is [R7].
   * refused_at: somebody said no; until a day later nothing is told again.
   */
  access_requests: { team_id: string; session_key: string; user_id: string; created_at: number; refused_at: number | null };
}
