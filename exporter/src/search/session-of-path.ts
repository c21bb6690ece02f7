import type { Listed } from '../sweep/listing.ts';

/** The tool's own id of a session where the path of its file tells it; elsewhere the records do. */
export const nativeIdIn = ({ tool, relative }: Pick<Listed, 'tool' | 'relative'>): string | undefined => patterns[tool]?.map((pattern) => pattern.exec(relative)?.[1]).find((id) => id !== undefined);

const patterns: Partial<Record<Listed['tool'], readonly RegExp[]>> = {
  // Of a sub-agent the folder above; those of old versions lie beside the session and name it in their records.
  claude: [/([^/]+)\/subagents\/(?:workflows\/[^/]+\/)?agent-[^/]+\.jsonl$/, /(?:^|\/)(?!agent-)([^/]+)\.jsonl$/],
  'copilot-cli': [/([^/]+)\/events\.jsonl$/, /^([^/]+)\.jsonl$/],
  'cursor-agent': [/agent-transcripts\/([^/]+)\/subagents\//, /agent-transcripts\/(?:[^/]+\/)?([^/]+)\.jsonl$/, /^[^/]+\/([^/]+)\/meta\.json$/],
  qwen: [/\/chats\/([^/]+)\.jsonl$/, /\/subagents\/([^/]+)\//],
  amp: [/^(T-[\w-]+)\.json$/],
  'vscode-copilot': [/([^/]+)\.jsonl?$/],
};
