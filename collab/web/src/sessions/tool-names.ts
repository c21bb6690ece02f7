import { toolNames } from 'watchroom/session/tool';

/** "claude" → "Claude Code"; a tool newer than this page keeps its id. */
export const toolName = (tool: string): string => (toolNames as Readonly<Record<string, string>>)[tool] ?? tool;
