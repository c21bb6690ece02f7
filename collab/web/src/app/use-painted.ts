import { useEffect, useState } from 'react';
import { contentPainted, isPainted } from './content.ts';

/** Whether what one came for is on screen, so that what stands beside it may be drawn. */
export const usePainted = (): boolean => {
  const [is, setIs] = useState(isPainted);
  useEffect(() => { void contentPainted().then(() => setIs(true)); }, []);
  return is;
};
