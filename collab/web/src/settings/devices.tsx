import { devices, endDevice, endOtherDevices } from '../api/settings.ts';
import { useNow } from '../app/now.ts';
import { ago } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

/** Where one is signed in. */
export const DevicesSection = ({ account }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(devices, account.id);
  const now = useNow(10_000);
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <ul className="rows">{value?.map(({ id, userAgent, address, lastSeenAt }) => (
        <li key={id}><span className="grow">{browserOf(userAgent)}{id === account.deviceId && <span className="chip">this one</span>}<br /><span className="soft small">{address}, seen {ago(now - Date.parse(lastSeenAt))}</span></span>{id !== account.deviceId && <button type="button" className="button tight" disabled={busy} onClick={() => void act(() => endDevice(id))}>Sign out</button>}</li>
      ))}</ul>
      {value && value.length > 1 && <p><button type="button" className="button danger" disabled={busy} onClick={() => void act(endOtherDevices)}>Sign all others out</button></p>}
    </>
  );
};

/** "Mozilla/5.0 (X11; Linux x86_64) … Firefox/140.0" → "Firefox on Linux" */
export const browserOf = (userAgent: string): string => {
  const name = (/(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1] ?? '').replace('Edg', 'Edge').replace('OPR', 'Opera');
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(userAgent)?.[1]?.replace('Mac OS X', 'macOS');
  return name === '' ? userAgent.slice(0, 60) || 'An unnamed program' : `${name}${system ? ` on ${system}` : ''}`;
};
