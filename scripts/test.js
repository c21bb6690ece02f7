// The one test command: servers, types, lint, every jest suite. See CONTRIBUTING.md.
import { spawnSync } from 'node:child_process';
import { checkNode } from '../exporter/bin/check-node.js';

checkNode();
const steps = [
  ['servers', 'bash', ['scripts/setup-servers.sh', '--if-possible']],
  ['newer servers', 'bash', ['scripts/setup-newer-servers.sh']],
  ['types', 'tsc', ['-p', '.']],
  ['types of the page', 'tsc', ['-p', 'collab/web']],
  ['lint', 'eslint', ['.']],
  ['tests', process.execPath, ['scripts/jest.js', '--maxWorkers=2', ...process.argv.slice(2)]],
];
for (const [name, command, args] of steps) {
  const started = performance.now();
  console.log(`▸ ${name}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(`${command} could not be started: ${error.message}. Run the tests by npm: npm test`);
  if (status !== 0) process.exit(status ?? 1);
  console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
