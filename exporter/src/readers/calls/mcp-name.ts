/** The name a tool call is counted under: tools of an MCP server ("mcp__github__create_issue") go together as "mcp:github". */
export const callName = (name: string): string => {
  const server = /^mcp__(.+?)__/.exec(name)?.[1];
  return server === undefined ? name : `mcp:${server}`;
};
