import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

/** Shown only when waiting takes long enough to be noticed. */
export const Slow = ({ children, afterMs = 300 }: { readonly children: ReactNode; readonly afterMs?: number }) => {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  return late ? <>{children}</> : null;
};
