import { useCallback, useEffect, useState } from 'react';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';

/** What the hub was asked for, and how to change it: after each act it is asked again. */
export const useAsked = <Value>(ask: () => Promise<Value>, key: string): { readonly value: Value | undefined; readonly problem: Problem | undefined; readonly busy: boolean; readonly act: (run: () => Promise<unknown>) => Promise<boolean>; readonly reload: () => void } => {
  const [value, setValue] = useState<Value>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [count, setCount] = useState(0);
  useEffect(() => {
    let over = false;
    ask().then((answer) => { if (!over) setValue(() => answer); }, (error: unknown) => { if (!over) setProblem(asProblem(error)); });
    return () => { over = true; };
    // The question is told by its key.
  }, [key, count]);
  const reload = useCallback(() => setCount((before) => before + 1), []);
  const act = useCallback(async (run: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    try {
      await run();
      setProblem(undefined);
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
      reload();
    }
  }, [reload]);
  return { value, problem, busy, act, reload };
};
