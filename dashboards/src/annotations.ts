import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { identity } from './identity.ts';
import { chosenInfo, metric, ofSession, other } from './queries.ts';
import type { Color } from './thresholds.ts';
import { prometheus } from './variables.ts';

/** Compactions of the session of the page: what it was told before is a summary from here on. */
export const compactionsOfSession = () =>
  mark('Compactions', 'purple', grown(ofSession('ai_session_context_compactions_total')), 'Context compacted', 'What was said before is a summary from here on');

/** Compactions of every chosen session. */
export const compactions = () =>
  mark('Compactions', 'purple', `${grown(metric('ai_session_context_compactions_total', { user_name: /$user/ }))} and on (${identity}) ${chosenInfo()}`, 'Context compacted', '{{session_id}}').enable(false);

/** Comments at lines of code, and everything that was said, in the room of the session of the page: a hub counts them, their words stay with it. */
export const commentsOfSession = () => mark('Comments', 'blue', grown(ofSession('ai_session_room_comments_total')), 'Comment in the room', 'Somebody commented on a line of code');
export const messagesOfSession = () => mark('Messages', 'green', grown(ofSession('ai_session_room_messages_total')), 'Message in the room', 'Somebody wrote to the room').enable(false);

/** Comments in the rooms of every chosen session. */
export const comments = () =>
  mark('Comments', 'blue', `${grown(metric('ai_session_room_comments_total', { user_name: /$user/ }))} and on (${identity}) ${chosenInfo()}`, 'Comment in the room', '{{session_id}}').enable(false);

export const alertsOfSession = () => mark('Alerts', 'red', other('ALERTS', { alertstate: 'firing', session_id: '$session' }), '{{alertname}}', '{{severity}}');
export const alerts = () => mark('Alerts', 'red', other('ALERTS', { alertstate: 'firing', user_name: /$user/ }), '{{alertname}}', '{{session_id}} {{severity}}').enable(false);

/**
 * Where a session's counter grew since one step before. Its first growth makes the series, so a series that is new counts, too,
 * if the session itself was there before: else it is the exporter that has begun to tell.
 */
const grown = (counter: string): string =>
  `((${counter} - ${counter} offset $__interval > 0) or (${counter} unless ${counter} offset $__interval and on (${identity}) ${metric('ai_session_info')} offset $__interval))`;

const mark = (name: string, color: Color, query: string, title: string, text: string): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder().name(name).datasource(prometheus).iconColor(color).titleFormat(title).textFormat(text).enable(true)
    .target(new DataqueryBuilder().refId('Anno').expr(query).range().interval(step))
    // The same once more where older Grafanas look for it.
    .expr(query).step(step);

const step = '60s';
