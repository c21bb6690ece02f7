const least = [22, 18];

/** Ends the process with one sentence when this Node is too old to load anything else (better-sqlite3 crashes there instead of failing). */
exports.checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return;
  console.error(
    `Watchroom needs Node.js ${least.join('.')} or newer, this is ${process.versions.node}. ` +
    'Inside the repository run it by npm (npm start, npx watchroom …): npm ci installed a suitable Node for it; elsewhere install Node.js 24.',
  );
  process.exit(1);
};
