/**
 * Where a file of a Git repository can be read in a browser, from the address of its remote; undefined for remotes that are no
 * GitHub or GitLab (others have other paths, and a guess would be a broken link).
 */
export const browserAddressOf = (remote: string | undefined, path: string): string | undefined => {
  const [, server, name] = /^(?:https:\/\/(?:[^@/]+@)?|ssh:\/\/git@|git@)([\w.-]+)[:/](.+?)(?:\.git)?\/?$/.exec(remote ?? '') ?? [];
  if (server === undefined || !/^(github|gitlab)\./.test(server)) return undefined;
  return `https://${server}/${name}/${server.startsWith('gitlab') ? '-/' : ''}blob/HEAD/${path}`;
};
