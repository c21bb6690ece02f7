import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { ago, many, span } from '../app/words.ts';
import { Cost } from './card.tsx';
import { nameOf } from './headline.ts';
import type { Session } from './session.ts';
import { toolName } from './tool-names.ts';

/** Nothing has ever been reported: what to do about it. */
export const NoSessions = ({ local }: { readonly local: boolean }) => (
  <section className="no-sessions sheet">
    <h2>No sessions yet</h2>
    <p>Start an AI coding tool in a terminal or editor, and its session appears here within seconds. Nothing has to be set up in the tool.</p>
    {local ? <p className="soft">Watchroom looks for Claude Code, Codex, Gemini CLI, OpenCode, Copilot, Cursor, Qwen Code, Amp, Aider and Windsurf in the folders they keep their transcripts in. <code>watchroom doctor</code> tells for each where it looked and what it found.</p>
      : <><p>Each machine of the team reports by an agent. Make its token under <Link href="/settings/tokens">Settings, Agent tokens</Link>; the command to paste is shown with it.</p><pre tabIndex={0}>watchroom agent --hub {location.origin} --token …</pre></>}
    <h2>See it with a sample team</h2>
    <pre tabIndex={0}>npm start -- --demo</pre>
  </section>
);

/** Nobody is active: what was last. */
export const LastSession = ({ session, now }: { readonly session: Session; readonly now: number }) => (
  <section className="last sheet" aria-label="The last session">
    <h2>The last session</h2>
    <p className="name"><Link href={roomPath(session.id)}>{nameOf(session)}</Link> <span className="soft">{toolName(session.tool)}{session.branch ? ` on ${session.branch}` : ''}, {session.owner}</span></p>
    <p>{[session.lastActivityAt !== undefined && `Ended ${ago(now - session.lastActivityAt)}`, session.startedAt !== undefined && session.lastActivityAt !== undefined && `after ${span(session.lastActivityAt - session.startedAt)}`].filter(Boolean).join(' ')}{session.turns !== undefined && `, ${many(session.turns, 'turn')}`}{session.filesEdited !== undefined && `, ${many(session.filesEdited, 'file')} edited`}{session.commits ? `, ${many(session.commits, 'commit')}` : ''}, <Cost session={session} />.</p>
  </section>
);
