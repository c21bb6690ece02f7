const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

/** The module that answers a command quickly, in a checkout: one file made of its sources, again whenever one of them has changed. A package has that file. */
exports.quickModule = async (name) => {
  const source = join(__dirname, '../src/cli', name, 'quick.ts');
  const made = join(__dirname, '../../node_modules/.cache/watchroom', `quick-${name}.cjs`);
  return kept(made) ?? (await makeAgain(source, made)) ?? import(pathToFileURL(source).href);
};

const kept = (made) => {
  try {
    const module = require(made);
    return module.madeOf.every(isUnchanged) ? module : undefined;
  } catch {
    return undefined; // never made
  }
};

const isUnchanged = ([path, mtimeMs, size]) => {
  const stat = require('node:fs').statSync(path, { throwIfNoEntry: false });
  return stat?.mtimeMs === mtimeMs && stat.size === size;
};

/** undefined: there is no compiler here, or the folder cannot be written. The sources themselves answer then, a little slower. */
const makeAgain = async (source, made) => {
  try {
    const { makeOneFile } = await import(pathToFileURL(join(__dirname, '../../scripts/one-file.ts')).href);
    await makeOneFile(source, made, { checks: true });
    delete require.cache[made];
    return require(made);
  } catch {
    return undefined;
  }
};
