// What the labels of a private session say to those who may not see it: that it is one [R7]. Nothing that its machine could fill in with words
// of its own stays: projects, titles, branches, names of MCP servers, and models that no maker calls so.

export const privateLabel = 'private';

const makersNames = /^(?:claude|gpt|chatgpt|o[1-9]|codex|gemini|gemma|qwen|grok|deepseek|llama|mistral|devstral|codestral|magistral|kimi|glm|minimax|composer|amp|cursor)[-._/:a-z0-9]{0,50}$/i;

/** Models are their makers' names; a house's own name for one is its own business. */
export const privateModel = (model: string): string => (model === '' || model === 'unknown' || makersNames.test(model) ? model : privateLabel);

/** Tools by the names their makers gave them are the same for everybody; anything else is somebody's own. */
export const privateToolName = (name: string): string => (knownTools.has(name) ? name : privateLabel);

const knownTools = new Set([
  'other', 'Agent', 'Bash', 'BashOutput', 'Edit', 'ExitPlanMode', 'Glob', 'Grep', 'KillShell', 'LS', 'MultiEdit', 'NotebookEdit', 'Read', 'Skill', 'SlashCommand', 'Task', 'TodoWrite', 'WebFetch', 'WebSearch', 'Write',
  'apply_patch', 'exec_command', 'shell', 'update_plan', 'view_image', 'write_stdin', 'web_search',
  'edit', 'glob', 'list_directory', 'read_file', 'read_many_files', 'replace', 'run_shell_command', 'search_file_content', 'google_web_search', 'web_fetch', 'write_file',
  'bash', 'grep', 'list', 'patch', 'read', 'task', 'todoread', 'todowrite', 'webfetch', 'write', 'create', 'view', 'run_terminal_cmd', 'edit_file', 'codebase_search', 'grep_search', 'list_dir', 'file_search',
]);
