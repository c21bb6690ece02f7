import type { TouchedFile } from '../api/room.ts';
import type { Whereabouts } from '../chat/presence.ts';
import type { Session } from '../sessions/session.ts';

/** What an agent does now, in words, and at which file [C4]. Records say which file, and seldom the line. */
export const doing = ({ state, tool, runningTool, waitingFor }: Session, at: Whereabouts | undefined, files: readonly TouchedFile[] | undefined): { readonly words: string; readonly place?: Whereabouts } => {
  const place = at === undefined ? {} : { place: at };
  switch (state) {
    case 'ended': return { words: at ? `${tool} ended; last at` : `${tool}, ended`, ...place };
    case 'waiting': return { words: `${tool} waits${waitingFor ? `: ${waitingFor}` : ' for an answer'}${at ? '; last at' : ''}`, ...place };
    case 'idle': return { words: at ? `${tool} is idle; last at` : `${tool} is idle`, ...place };
    case 'working': {
      if (at === undefined) return { words: runningTool ? `${tool} is running ${runningTool}` : `${tool} is working` };
      return { words: `${tool} is ${isEdited(at.path, files) ? 'editing' : 'reading'}`, ...place };
    }
  }
};

/** Whether the last thing it did to a file was to change it. */
const isEdited = (path: string, files: readonly TouchedFile[] | undefined): boolean => {
  const file = files?.find((one) => one.path === path);
  return file?.editedAt !== undefined && file.editedAt === file.lastAt;
};
