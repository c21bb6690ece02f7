const { join } = require('node:path');

/** Where Node keeps what it compiled of Watchroom: below the user's own folder of caches, because whoever can write there decides what runs. */
exports.cacheFolder = (home) => {
  const { XDG_CACHE_HOME: caches, LOCALAPPDATA: local } = process.env;
  if (process.env.NODE_COMPILE_CACHE !== undefined || process.env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined; // its user decides
  if (caches) return join(caches, 'watchroom');
  if (process.platform === 'win32') return join(local || join(home, 'AppData', 'Local'), 'watchroom', 'cache');
  return process.platform === 'darwin' ? join(home, 'Library', 'Caches', 'watchroom') : join(home, '.cache', 'watchroom');
};
