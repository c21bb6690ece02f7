/**
 * What tells a session from every other one: the only labels joins may use (METRICS.md). Labels that are missing on both sides match,
 * so one rule serves an exporter that is scraped directly and a hub, which adds team, host and user.
 */
export const target = ['job', 'instance', 'team', 'host_name', 'user_name'] as const;
export const identity = [...target, 'session_id'].join(', ');

/** Only sessions that are still going on: ended ones stay on the page for a day (DESIGN.md section 9). */
export const inState = (states: string): string => `and on (${identity}) ai_session_state{state${states.includes('|') ? '=~' : '='}"${states}"} == 1`;
export const live = inState('working|waiting|idle');

/** A template query of the series with the labels of the alert. */
export const queryOf = (metric: string, labels: readonly string[], after = ''): string => {
  const all = [...labels, ...target];
  return `query (printf "${metric}{${all.map((label) => `${label}=%q`).join(',')}}${after}" ${all.map((label) => `$labels.${label}`).join(' ')})`;
};

/** By query and never by group_left: a title or branch that changes must not make a second alert. */
const infoOf = (label: string, before = ''): string => `{{ with ${queryOf('ai_session_info', ['session_id'])} }}{{ with . | first | label "${label}" }}${before}{{ . }}{{ end }}{{ end }}`;

const ofUser = '{{ with $labels.user_name }} of {{ . }}{{ end }}';

/** "claude in shop of ada": tool, project and person as far as they are known. */
export const theSession = `{{ $labels.tool }}${infoOf('project', ' in ')}${ofUser}`;
export const roomOfSession = infoOf('room_url');
export const sessionDashboard = 'watchroom-session?var-session={{ $labels.session_id | urlquery }}{{ with $labels.user_name }}&var-user={{ . | urlquery }}{{ end }}';

/** "of ada" or "at localhost:10877": whose machine it is. */
export const theMachine = '{{ with $labels.user_name }} of {{ . }}{{ end }}{{ with $labels.host_name }} on {{ . }}{{ else }} at {{ $labels.instance }}{{ end }}';
export { ofUser };
