import type { WireSession } from 'watchroom/wire';
import type { SessionTable } from '../store/schema.ts';

// Tags, project name and description can be given on the machine (`watchroom tag`) and on the hub. What was given last is in force: the agent's word
// counts when it differs from what that agent said before; until then, what people wrote on the hub stays.

export type Words = Pick<SessionTable, 'tags' | 'project_name' | 'description'>;

/** What an agent says of a session in people's words. */
export const peoplesWords = ({ tags = [], projectName, description }: Pick<WireSession, 'tags' | 'projectName' | 'description'>): Words =>
  ({ tags: JSON.stringify(tags), project_name: projectName ?? null, description: description ?? null });

/** The words in force after an agent has spoken again. */
export const laterWord = (before: SessionTable, now: Words): Words => {
  if (now.tags === before.tags && now.project_name === before.project_name && now.description === before.description) return now;
  const then = peoplesWords(JSON.parse(before.told) as WireSession);
  return {
    tags: now.tags === then.tags ? before.tags : now.tags,
    project_name: now.project_name === then.project_name ? before.project_name : now.project_name,
    description: now.description === then.description ? before.description : now.description,
  };
};
