import type { Tool } from '../session/tool.ts';

/** Words by which a search is narrowed; they stand in a column of their own, so that a rare tool is found as fast as a common one. */
export const toolScope = (tool: Tool | string): string => `t${tool.replaceAll('-', '')}`;
export const projectScope = (number: number): string => `p${number}`;
export const sessionScope = (number: number): string => `s${number}`;
export const voiceScope = (voice: string): string => `v${voice}`;
