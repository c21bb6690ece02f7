import { age } from '../app/words.ts';
import { useNow } from '../app/now.ts';
import { useStore } from '../app/use-store.ts';
import { live } from './connection.ts';
import type { Live } from './connection.ts';

const all = (state: Live): Live => state;

/** Says whether what is on screen is live, and since when it is not. */
export const ConnectionMark = () => {
  const now = useStore(live, all);
  return <span className={`connection ${now.state}`} role="status"><i aria-hidden="true" />{now.state === 'lost' ? <Lost since={now.since} why={now.why} /> : <span>{words[now.state]}</span>}</span>;
};

const words = { connecting: 'connecting', live: 'live', off: 'not live' } as const;

const Lost = ({ since, why }: { readonly since: number; readonly why: string }) => {
  const now = useNow();
  return <span title={why}>{navigator.onLine ? 'reconnecting' : 'offline'} <span aria-hidden="true">· {age(now - since)} old</span></span>;
};
