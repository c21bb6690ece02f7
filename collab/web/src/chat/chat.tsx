import type { Account, Team } from '../api/auth.ts';
import type { Session } from '../sessions/session.ts';

export const Chat = (_props: { readonly sessionId: string; readonly session: Session; readonly account: Account; readonly team: Team; readonly may: readonly string[] }) => <p className="soft">…</p>;
