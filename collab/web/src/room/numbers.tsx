import type { HistoryPoint } from '../api/room.ts';
import { ago, age, many, moment, percent, short, span } from '../app/words.ts';
import { Slow } from '../parts/slow.tsx';
import { Unknown } from '../parts/unknown.tsx';
import { Cost } from '../sessions/card.tsx';
import type { Session } from '../sessions/session.ts';
import { explainCost, explainTokens } from './explanations.ts';
import { Fact } from './fact.tsx';
import { shortOf } from './records-of.tsx';
import { HealthFactors } from './health-factors.tsx';
import { Recommendations } from './recommendations.tsx';
import { TokenGraph } from './token-graph.tsx';

/** Everything that is counted of a session; behind each number stands how. */
export const Numbers = ({ session, history, now }: { readonly session: Session; readonly history: readonly HistoryPoint[] | undefined; readonly now: number }) => {
  const { tokens, tokensEstimated, context, startedAt, endedAt, lastActivityAt, activeSeconds, turns, messages, requests, filesEdited, linesAdded, linesRemoved, commits, compactions, subagents, errors, errorsByKind, model, toolVersion, cwd, pid, toolCalls } = session;
  const calls = Object.entries(toolCalls).sort(([, a], [, b]) => b - a);
  return (
    <>
      <section aria-label="Tokens over time">{history === undefined ? <p className="soft small graph-place"><Slow>Asking for its history…</Slow></p> : <TokenGraph points={history} limit={context?.limit} />}</section>
      <HealthFactors session={session} now={now} />
      <Recommendations session={session} />
      <dl className="fact-list number">
        <Fact session={session.id} name="Cost" explain={explainCost(session)} traced="cost"><Cost session={session} /></Fact>
        <Fact session={session.id} name="Tokens" explain={explainTokens(session)} traced="tokens">{tokens === undefined ? tokensEstimated === undefined ? <Unknown why="the tool reports none" /> : <abbr title="Estimated with a tokenizer: the tool reports none">≈&thinsp;{short(tokensEstimated)}</abbr> : short(tokens)}</Fact>
        <Fact session={session.id} name="Turns" explain="Prompts of the person." traced="turns">{turns ?? <Unknown why="the tool does not tell prompts apart" />}</Fact>
        <Fact session={session.id} name="Messages" explain="Of all roles: the person, the model, the system.">{messages ?? <Unknown why="no transcript" />}</Fact>
        <Fact session={session.id} name="Requests" explain="Calls to models." traced="requests">{requests ?? <Unknown why="no call is recorded" />}</Fact>
        <Fact session={session.id} name="Open" explain="From its first record until now, or to its end.">{startedAt === undefined ? <Unknown why="the tool did not say when it began" /> : span((endedAt ?? now) - startedAt)}</Fact>
        <Fact session={session.id} name="Active" explain="The gaps between records, those over 15 minutes left out." traced="active">{activeSeconds === undefined ? <Unknown why="too few records" /> : span(activeSeconds * 1000)}</Fact>
        <Fact session={session.id} name="Errors" explain={Object.keys(errorsByKind).length > 0 ? `By kind: ${Object.entries(errorsByKind).map(([kind, count]) => `${kind.replace('_', ' ')} ${count}`).join(', ')}.` : 'Failed tools, API errors, rate limits, denied permissions, interruptions.'}>{errors}</Fact>
        <Fact session={session.id} name="Files" explain="Distinct files it edited." traced="files">{filesEdited ?? <Unknown why="its records do not name files" />}</Fact>
        <Fact session={session.id} name="Lines" explain="Added and removed by its edit tools; what commands did to files is not in it." traced="lines_added">{linesAdded === undefined && linesRemoved === undefined ? <Unknown why="its records tell no lines" /> : <><span className="good">+{linesAdded ?? 0}</span> <span className="bad">−{linesRemoved ?? 0}</span></>}</Fact>
        <Fact session={session.id} name="Commits" explain="Made by its own tools." traced="commits">{commits ?? <Unknown why="its records tell no commits" />}</Fact>
        <Fact session={session.id} name="Compactions" explain="How often its context was compacted: each time it forgets something." traced="compactions">{compactions ?? <Unknown why="the tool does not tell" />}</Fact>
        {subagents !== undefined && subagents > 0 && <Fact session={session.id} name="Sub-agents" explain="Started by it; their use is in these numbers." traced="subagents">{subagents}</Fact>}
      </dl>
      <dl className="plain-list small">
        <div><dt>Model</dt><dd>{model ?? <Unknown why="no call is recorded" />}</dd></div>
        {session.branch && <div><dt>Branch</dt><dd className="mono">{session.branch}</dd></div>}
        {cwd && <div><dt>Directory</dt><dd className="mono">{cwd}</dd></div>}
        {pid !== undefined && <div><dt>Process</dt><dd className="number">{pid}</dd></div>}
        {toolVersion && <div><dt>Version</dt><dd>{toolVersion}</dd></div>}
        {calls.length > 0 && <div><dt>Tools</dt><dd>{calls.slice(0, 5).map(([name, count]) => `${name} ${count}`).join(', ')}{calls.length > 5 && `, ${many(calls.length - 5, 'other')}`}</dd></div>}
        <div><dt>Last step</dt><dd>{lastActivityAt === undefined ? <Unknown why="nothing is recorded" /> : <time dateTime={new Date(lastActivityAt).toISOString()} title={moment(lastActivityAt)}>{ago(now - lastActivityAt)}</time>}</dd></div>
        {session.grafanaUrl !== undefined && <div><dt>Dashboard</dt><dd><a href={session.grafanaUrl} target="_blank" rel="noreferrer">Grafana</a></dd></div>}
        <div><dt>Explain it</dt><dd><code>watchroom explain {shortOf(session.id)}</code></dd></div>
      </dl>
    </>
  );
};

export const factorWords = { token_usage: 'context', duration: 'duration', activity: 'activity', errors: 'errors' } as const;
export const measureOf = (factor: keyof typeof factorWords, { context, startedAt, lastActivityAt, errors }: Session, now: number): string => {
  switch (factor) {
    case 'token_usage': return context?.ratio === undefined ? '' : `${percent(context.ratio)} full`;
    case 'duration': return startedAt === undefined ? '' : `open for ${age(now - startedAt)}`;
    case 'activity': return lastActivityAt === undefined ? '' : `last step ${ago(now - lastActivityAt)}`;
    case 'errors': return `${many(errors, 'error')} in all`;
  }
};
