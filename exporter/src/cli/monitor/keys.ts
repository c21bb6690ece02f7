import type { Key } from 'ink';
import type { NowSession } from '../../session/now.ts';
import type { Action, MonitorState } from './state.ts';

interface Seen {
  readonly state: MonitorState;
  readonly rows: readonly NowSession[];
  readonly pageRows: number;
  readonly detailsShown: boolean;
}

/** What a key means now: while a search is typed most keys are letters. */
export const actionOf = (input: string, key: Key, seen: Seen): Action | 'quit' | 'look' | undefined => {
  const { state, rows, pageRows, detailsShown } = seen;
  const move = (by: number): Action => ({ do: 'move', by, rows });
  if (key.escape) return { do: 'back' };
  if (key.upArrow) return move(-1);
  if (key.downArrow) return move(1);
  if (key.pageUp) return move(-pageRows);
  if (key.pageDown) return move(pageRows);
  if (state.typing) return typed(input, key);
  if (key.return) return { do: 'details', shown: detailsShown };
  if (key.ctrl || key.meta) return undefined;
  switch (input) {
    case 'q': return 'quit';
    case 'r': return 'look';
    case 'h': case '?': return { do: 'help' };
    case 'j': return move(1);
    case 'k': return move(-1);
    case 'g': return move(-Infinity);
    case 'G': return move(Infinity);
    case 's': return { do: 'sort' };
    case 'S': return { do: 'reverse' };
    case 'f': return { do: 'filter' };
    case 'p': return { do: 'pause' };
    case 'd': return { do: 'details', shown: detailsShown };
    case '/': return { do: 'search' };
    default: return undefined;
  }
};

const typed = (input: string, key: Key): Action | undefined => {
  if (key.return) return { do: 'typed' };
  if (key.backspace || key.delete) return { do: 'erase' };
  const text = input.replaceAll(/\p{Cc}/gu, '');
  return key.ctrl || key.meta || text === '' ? undefined : { do: 'type', text };
};
