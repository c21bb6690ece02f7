import { useState } from 'react';
import { ackAlert } from '../api/alerts.ts';
import { asProblem } from '../api/problem.ts';
import { useNow } from '../app/now.ts';
import { age, clock } from '../app/words.ts';
import { useName } from './hooks.ts';
import type { Post } from './hooks.ts';
import { htmlOf } from './markdown.ts';

/** What an alert's message carries in its props. */
export interface AlertFacts {
  readonly id: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly severity?: string;
  readonly startsAt: number;
  readonly endsAt?: number;
  readonly description?: string;
  readonly runbookUrl?: string;
  readonly dashboardUrl?: string;
  /** Id of whoever takes care of it. */
  readonly ackedBy?: string;
  readonly ackedAt?: number;
  readonly silencedUntil?: number;
  /** In Alertmanager itself, by this name. */
  readonly silencedBy?: string;
}

export const alertType = 'custom_alert';
export const isAlert = ({ type }: Pick<Post, 'type'>): boolean => (type as string) === alertType;
export const alertOf = ({ props }: Pick<Post, 'props'>): AlertFacts | undefined => (props as { readonly alert?: AlertFacts } | undefined)?.alert;

/** An alert in the room: what fires, since when, who takes care of it. */
export const AlertBody = ({ post, may }: { readonly post: Post; readonly may: readonly string[] }) => {
  const alert = alertOf(post);
  const now = useNow(10_000);
  const [problem, setProblem] = useState<string>();
  const [asked, setAsked] = useState(false);
  const acker = useName(alert?.ackedBy ?? '');
  if (alert === undefined) return <div className="words" dangerouslySetInnerHTML={{ __html: htmlOf(post.message) }} />;
  const { id, name, status, severity, startsAt, endsAt, description, runbookUrl, dashboardUrl, ackedBy, silencedUntil, silencedBy } = alert;
  const firing = status === 'firing';
  const acked = ackedBy !== undefined;
  const ack = (take: boolean): void => { setAsked(true); setProblem(undefined); ackAlert(id, take).catch((error: unknown) => setProblem(asProblem(error).message)).finally(() => setAsked(false)); };
  return (
    <div className={`alert-body ${status} ${acked ? 'acked' : ''}`}>
      <p><b className={status === 'firing' ? (severity === 'critical' ? 'bad' : 'fair') : 'good'}>{status === 'firing' ? 'Firing' : 'Resolved'}</b> <span className="name">{name}</span> <span className="soft small number">{firing ? `since ${clock(startsAt)}, ${age(now - startsAt)}` : `${clock(startsAt)} to ${endsAt === undefined ? '?' : clock(endsAt)}`}</span></p>
      <p>{post.message}</p>
      {firing && description && description !== post.message && <p className="small about">{description}</p>}
      {acked && <p className="small">{acker || 'Somebody'} {firing ? 'takes' : 'took'} care of it{silencedUntil !== undefined && firing && <span className="soft">; silent until {clock(silencedUntil)}</span>}</p>}
      {silencedBy && !acked && <p className="small soft">Silenced in Alertmanager by {silencedBy}</p>}
      <p className="small links">
        {status === 'firing' && may.includes('alert:ack') && <button type="button" className={`button tight ${acked ? '' : 'main'}`} disabled={asked} onClick={() => ack(!acked)}>{acked ? 'Give it back' : 'I take care of it'}</button>}
        {runbookUrl?.startsWith('https:') && <a href={runbookUrl} target="_blank" rel="noreferrer">Runbook</a>}{dashboardUrl && /^https?:/.test(dashboardUrl) && <a href={dashboardUrl} target="_blank" rel="noreferrer">Dashboard</a>}
      </p>
      {problem && <p className="small bad" role="alert">{problem}</p>}
    </div>
  );
};
