import { useEffect, useState } from 'react';

/** The time, told again every so often, so that ages grow on screen. Rests while nobody looks. */
export const useNow = (everyMs = 1000): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) setNow(Date.now()); }, everyMs);
    const seen = (): void => { if (!document.hidden) setNow(Date.now()); };
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [everyMs]);
  return now;
};
