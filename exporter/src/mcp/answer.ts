import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/** Data as an assistant reads it. */
export const answer = (data: unknown): CallToolResult => ({ content: [{ type: 'text', text: JSON.stringify(data, null, 1) }] });

/** What went wrong, as a sentence: the assistant can do something else. */
export const answering = async (work: () => Promise<unknown>): Promise<CallToolResult> => {
  try {
    return answer(await work());
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: error instanceof Error ? error.message : String(error) }] };
  }
};
