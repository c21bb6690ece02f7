import { CustomVariableBuilder, DatasourceVariableBuilder, QueryVariableBuilder, VariableHide, VariableRefresh, VariableSort } from '@grafana/grafana-foundation-sdk/dashboard';
import { chosenInfo, metric } from './queries.ts';

/** Everything is asked of the Prometheus chosen here. */
export const prometheus = { type: 'prometheus', uid: '${datasource}' } as const;

/** The uid of the provisioned Prometheus (provisioning/datasources). */
export const provisionedPrometheus = 'watchroom-prometheus';

export const datasource = () =>
  new DatasourceVariableBuilder('datasource').label('Prometheus').description('The Prometheus that scrapes Watchroom').type('prometheus')
    .current({ text: 'Prometheus', value: provisionedPrometheus });

export const user = () => choice('user', 'User', `label_values(${metric('ai_session_info')}, user_name)`, 'People, as the hub names them; an exporter that is scraped directly knows none, and "All" shows its sessions');
// The fleet counters know the projects of past sessions, the info metric those of which nothing new was counted yet.
export const project = () => choice('project', 'Project', `label_values(${either(['ai_session_info', 'ai_tokens_total'], 'user_name=~"$user"')}, project)`, 'Repositories');
export const tool = () => choice('tool', 'Tool', `label_values(${metric('ai_sessions', { user_name: /$user/ })}, tool)`, 'Coding tools');
export const model = () => choice('model', 'Model', `label_values(${either(['ai_session_info', 'ai_tokens_total'], 'user_name=~"$user", tool=~"$tool"')}, model)`, 'Models; panels of errors, turns and lines are not split by model');
export const tokenType = () => choice('token_type', 'Kind', `label_values(${metric('ai_tokens_total', { user_name: /$user/ })}, token_type)`, 'Kinds of tokens. They do not overlap: leave cache_read out to see what was sent and written anew');
export const exporter = () => choice('instance', 'Exporter', `label_values(${metric('watchroom_build_info')}, instance)`, 'The exporters that Prometheus knows');

/** One session. */
export const session = () =>
  new QueryVariableBuilder('session').label('Session').description('One session of the time shown. Come here by a link from another dashboard, or type part of its id')
    .datasource(prometheus).query(asked(`label_values(${chosenInfo()}, session_id)`)).definition(`label_values(${chosenInfo()}, session_id)`)
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalCaseInsensitiveAsc);

/** The address of the session's room; there is none without a hub. */
export const room = () => {
  const query = `label_values(${metric('ai_session_info', { session_id: '$session', user_name: /$user/ })}, room_url)`;
  return new QueryVariableBuilder('room').hide(VariableHide.HideVariable).description('Address of the room of the session').datasource(prometheus).query(asked(query)).definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged);
};

/** By what a panel splits its numbers. */
export const split = () =>
  new CustomVariableBuilder('by').label('Split by').description('By what the panels over time split their numbers').values('project : project, user : user_name, model : model, tool : tool')
    .current({ text: 'project', value: 'project' });

/** Several at once, or all: `.*` matches series without the label, too. */
const choice = (name: string, label: string, query: string, description: string) =>
  new QueryVariableBuilder(name).label(label).description(description).datasource(prometheus).query(asked(query)).definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true).includeAll(true).allValue('.*').current({ text: ['All'], value: ['$__all'] });

const asked = (query: string) => ({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' });

const either = (names: readonly string[], matchers: string): string => `{__name__=~"${names.map((name) => metric(name)).join('|')}", ${matchers}}`;
