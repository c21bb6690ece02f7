import { join } from 'node:path';
import { coverageText } from '../../search/coverage.ts';
import { find } from '../../search/find.ts';
import type { SearchAsk } from '../../search/find.ts';
import { openIndexToRead } from '../../search/index-file.ts';
import { isIndexOn } from '../../search/index-settings.ts';
import { keeperIn } from '../../search/keeper.ts';
import { quickStateFolder } from '../quick-state.ts';
import type { QuickAnswer, QuickWorld } from '../quick.ts';
import { lookOf } from '../terminal.ts';
import { hitsText } from '../views/hits.ts';
import { liveKeeper, stillReading } from './kept.ts';
import { simpleAsk } from './simple-ask.ts';

/**
 * `watchroom search WORDS` from the index as it is, without loading the program. That goes on with it where no exporter keeps the index
 * current; undefined: nothing is found yet, or there is more to the command line or the configuration.
 */
export const quickly = async ({ args, machine, now, stdout }: QuickWorld): Promise<QuickAnswer | undefined> => {
  const asked = simpleAsk(args);
  const folder = asked && (asked.state ?? quickStateFolder(machine, ['search', 'tools', 'roots', 'timezone']));
  if (!asked || folder === undefined) return undefined;
  const found = hitsIn(join(folder, 'search.db'), asked.ask);
  if (!found || found.hits.length === 0) return undefined;
  const text = hitsText(found.hits, { ...lookOf(stdout, machine.env), now, timeZone: 'local' });
  const keeper = liveKeeper(found.keeper, folder);
  if (keeper?.coverage !== coverageText({ machine, disabledTools: [], extraRoots: [], excluded: [] })) return { text, goOnWith: [...args, '--shown', found.hits.map(({ id }) => id).join(',')] };
  const sentence = stillReading(keeper);
  return { text, ...(sentence === undefined ? {} : { aside: sentence }) };
};

/** undefined: search is off, or the index has to be looked at more closely. */
const hitsIn = (path: string, ask: SearchAsk) => {
  try {
    const db = openIndexToRead(path);
    if (!db) return undefined;
    try {
      return isIndexOn(db) ? { hits: find(db, ask) ?? [], keeper: keeperIn(db) } : undefined;
    } finally {
      db.close();
    }
  } catch {
    return undefined; // the program says what is wrong with it
  }
};
