import type { DemoAccount } from './accounts.ts';
import type { DemoStory } from './story.ts';
import type { DemoUser } from './team.ts';

/** What the sample people say, in which session's room, how long after the beginning. */
interface Line {
  readonly afterMs: number;
  readonly who: DemoUser;
  readonly in: keyof DemoStory['sessions'];
  readonly says: string;
  /** At a line of a file. */
  readonly at?: { readonly path: string; readonly startLine: number; readonly endLine?: number };
  /** As an answer to the line of this name. */
  readonly answers?: string;
  readonly name?: string;
  /** Others like it. */
  readonly liked?: { readonly by: DemoUser; readonly with: string };
}

const lines: readonly Line[] = [
  { afterMs: 0, who: 'jonas', in: 'checkout', says: 'Mira, this one has been at it since this morning. Are you still with it?', name: 'still' },
  { afterMs: 400, who: 'mira', in: 'checkout', says: 'Half. It keeps changing `Math.round` to `Math.floor` and back; the same test fails every time.', answers: 'still', liked: { by: 'aiko', with: 'eyes' } },
  { afterMs: 800, who: 'aiko', in: 'checkout', says: 'Neither is right for 10.01: the second card must get what the first one leaves.', at: { path: 'src/split.ts', startLine: 12, endLine: 14 }, name: 'rest', liked: { by: 'mira', with: '+1' } },
  { afterMs: 1200, who: 'jonas', in: 'catalogue', says: 'I touch `src/cart.ts`, too. @mira shall I wait for your branch?', name: 'wait' },
  { afterMs: 1600, who: 'mira', in: 'catalogue', says: 'No, go on. I will take yours and merge.', answers: 'wait', liked: { by: 'jonas', with: 'tada' } },
  { afterMs: 2000, who: 'aiko', in: 'limiter', says: 'Tests are green. Docs are next, then it can go out today.' },
  { afterMs: 2400, who: 'jonas', in: 'migration', says: 'It asks whether it may run the migration. @aiko is the copy of the database fresh?' },
  { afterMs: 25_000, who: 'aiko', in: 'migration', says: 'From last night. Let it run there first.' },
  { afterMs: 50_000, who: 'mira', in: 'checkout', says: 'I will stop it, and begin a new session with `rest = amount - first` in the first sentence.', answers: 'rest' },
  { afterMs: 85_000, who: 'jonas', in: 'checkout', says: 'Good. 190k of context for a rounding bug …', liked: { by: 'mira', with: 'smile' } },
  { afterMs: 130_000, who: 'aiko', in: 'limiter', says: 'RateLimit headers as the draft has them: have a look at the names.', at: { path: 'src/limit.ts', startLine: 8 } },
  { afterMs: 180_000, who: 'jonas', in: 'limiter', says: 'Looks right to me.', liked: { by: 'aiko', with: '+1' } },
];

interface Talk {
  readonly hub: string;
  readonly team: string;
  readonly accounts: Readonly<Record<DemoUser, DemoAccount>>;
  readonly sessions: DemoStory['sessions'];
  readonly signal: AbortSignal;
  readonly onProblem: (problem: string) => void;
}

/** Lets the sample people talk, by the same calls that a browser makes; ends with the signal. */
export const talk = async ({ hub, team, accounts, sessions, signal, onProblem }: Talk): Promise<void> => {
  const posts = new Map<string, string>();
  const began = Date.now();
  const ask = async (who: DemoUser, path: string, body?: object): Promise<{ readonly id: string }> => {
    const response = await fetch(`${hub}/api/v4/${path}`, { method: body ? 'POST' : 'GET', signal, headers: { authorization: `Bearer ${accounts[who].login}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return (await response.json()) as { readonly id: string };
  };
  const say = async (line: Line): Promise<void> => {
    const { id: channel } = await ask(line.who, `teams/${team}/channels/name/${sessions[line.in]}`);
    const root = line.answers === undefined ? undefined : posts.get(line.answers);
    const post = await ask(line.who, 'posts', {
      channel_id: channel, message: line.says, pending_post_id: `${accounts[line.who].userId}:${began}:${line.afterMs}`,
      ...(root === undefined ? {} : { root_id: root }), ...(line.at ? { type: 'custom_code_comment', props: { anchor: line.at } } : {}),
    });
    if (line.name !== undefined) posts.set(line.name, post.id);
    if (line.liked) await ask(line.liked.by, 'reactions', { user_id: accounts[line.liked.by].userId, post_id: post.id, emoji_name: line.liked.with });
  };
  for (const line of lines) {
    await pause(began + line.afterMs - Date.now(), signal);
    if (signal.aborted) return;
    // The room is there when the session's agent has reported it.
    for (let tries = 0; !signal.aborted; tries += 1) {
      const problem = await say(line).then(() => undefined, (error: unknown) => String(error));
      if (problem === undefined) break;
      if (tries === 240) return onProblem(problem);
      await pause(250, signal);
    }
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (ms <= 0 || signal.aborted) return resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
});
