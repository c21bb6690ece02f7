import type { Words } from '../../ledger/words.ts';
import type { Session } from '../../session/session.ts';
import { safeText } from '../safe-text.ts';

/** What people say of a session, in a line each. */
export const said = ({ id, project }: Session, { tags, projectName, description }: Words): string => [
  id,
  `  Tags         ${tags ? tags.map((tag) => `#${safeText(tag)}`).join(' ') : 'none'}`,
  `  Project      ${projectName === undefined ? `${project === undefined ? 'unknown' : safeText(project)} (as the tool says)` : safeText(projectName)}`,
  `  Description  ${description === undefined ? 'none' : safeText(description)}`,
].join('\n');

/** The same for programs, in the words of docs/sessions-json.md. */
export const saidData = ({ id, project }: Session, { tags = [], projectName = project, description }: Words) => ({
  id, tags,
  ...(projectName === undefined ? {} : { project: projectName }),
  ...(description === undefined ? {} : { description }),
});
