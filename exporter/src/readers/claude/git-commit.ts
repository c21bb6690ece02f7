/** Whether a shell command makes a git commit: `git`, its own options, then `commit`, at the beginning of one of its commands. */
export const makesCommit = (command: unknown): boolean =>
  typeof command === 'string' && command.includes('commit') && command.split(/[;&|(`\n]/).some((part) => part.includes('commit') && commits(part.slice(0, 500).trim().split(/\s+/)));

const commits = (words: readonly string[]): boolean => {
  let at = words.findIndex((word) => !/^\w+=/.test(word)); // variables set for the command
  if (words[at] !== 'git') return false;
  at += 1;
  while (words[at]?.startsWith('-')) at += words[at] === '-C' || words[at] === '-c' ? 2 : 1;
  return words[at] === 'commit' && !words.includes('--dry-run');
};
