/** A path as people name it in a session: from its working folder, with slashes; as it is where it lies elsewhere. What lies above stays on the machine. */
export const belowFolder = (path: string, folder: string | undefined): string => {
  if (folder === undefined || !path.startsWith(folder)) return path;
  const rest = path.slice(folder.length);
  return /^[\\/]./.test(rest) ? rest.slice(1).replaceAll('\\', '/') : path;
};
