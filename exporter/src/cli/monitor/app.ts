import { Box, Text, useApp, useInput, useWindowSize } from 'ink';
import { createElement, memo, useEffect, useReducer, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Following } from '../backend.ts';
import type { NowPage } from '../../session/now.ts';
import type { Paint } from '../terminal.ts';
import { actionOf } from './keys.ts';
import { detailsShown, screenLines } from './screen.ts';
import { firstState, reduce, rowsOf } from './state.ts';
import type { MonitorState } from './state.ts';

export interface MonitorProps {
  readonly following: Following;
  readonly intervalMs: number;
  readonly paint: Paint;
  readonly timeZone: string;
  /** false: nobody can type. */
  readonly keys: boolean;
}

interface Told {
  readonly page: NowPage | undefined;
  readonly problem: string | undefined;
}

/** The full-screen view. It asks again and again, and draws when the picture is another one. */
export const Monitor = (props: MonitorProps): ReactNode => {
  const { following, intervalMs, paint, timeZone, keys } = props;
  const { columns, rows } = useWindowSize();
  const [state, dispatch] = useReducer(reduce, firstState);
  const [told, setTold] = useState<Told>({ page: undefined, problem: undefined });
  const { exit } = useApp();
  // The last line stays free: a terminal that is full to the last cell scrolls.
  const draw = ({ page, problem }: Told, now: MonitorState): readonly string[] => screenLines(page, now, { rows: rows - 1, columns, paint, timeZone, from: following.from(), problem });
  const lines = draw(told, state);
  const shown = useRef({ draw, lines, state });
  shown.current = { draw, lines, state };
  const again = useAsking(following, intervalMs, (next) => {
    const { draw: drawNow, lines: drawn, state: at } = shown.current;
    if (at.paused) return;
    if (!same(drawNow(next, at), drawn)) setTold(next);
  });
  useInput((input, key) => {
    const page = told.page;
    const action = actionOf(input, key, { state, rows: page ? rowsOf(page, state) : [], pageRows: Math.max(1, rows - 6), detailsShown: detailsShown(state, { rows: rows - 1, columns }) });
    if (action === 'quit') exit();
    else if (action === 'look') again();
    else if (action) dispatch(action);
  }, { isActive: keys });
  return createElement(Box, { flexDirection: 'column' }, lines.map((text, index) => createElement(Line, { key: index, text })));
};

/** A line that did not change is not laid out again. */
const Line = memo(({ text }: { readonly text: string }): ReactNode => createElement(Text, { wrap: 'truncate' }, text === '' ? ' ' : text));

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, index) => line === b[index]);

/** Asks for the page in turn, never twice at once; the returned function asks at once. */
const useAsking = (following: Following, intervalMs: number, tell: (told: Told) => void): (() => void) => {
  const last = useRef<NowPage | undefined>(undefined);
  const wake = useRef<() => void>(() => undefined);
  useEffect(() => {
    let over = false;
    let timer: NodeJS.Timeout | undefined;
    void (async () => {
      while (!over) {
        const told = await ask(following, last.current);
        if (over) return;
        last.current = told.page;
        tell(told);
        await new Promise<void>((resolve) => {
          wake.current = resolve;
          timer = setTimeout(resolve, told.page?.complete === false ? Math.min(intervalMs, 500) : intervalMs);
        });
        clearTimeout(timer);
      }
    })();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [following, intervalMs]);
  return () => wake.current();
};

const ask = async (following: Following, before: NowPage | undefined): Promise<Told> => {
  try {
    return { page: await following.page({}), problem: undefined };
  } catch (error) {
    return { page: before, problem: error instanceof Error ? error.message : String(error) };
  }
};
