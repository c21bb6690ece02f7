import { sep } from 'node:path';

/** Whether a path is one of the excluded ones or lies below it. */
export const isExcluded = (path: string, excluded: readonly string[]): boolean => excluded.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) || folder.endsWith('/') ? folder : `${folder}${folder.includes('\\') ? '\\' : '/'}`));
