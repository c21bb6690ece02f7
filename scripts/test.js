// The one test command: servers, types, lint, every jest suite. See CONTRIBUTING.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { checkNode } from '../exporter/bin/check-node.js';

checkNode();
const some = process.argv.slice(2);
const results = '.cache/test-results.json';
/** More suites than this do not fail by the load of the machine. */
const mostAgain = 2;

step('servers', 'bash', ['scripts/setup-servers.sh', '--if-possible']);
step('newer servers', 'bash', ['scripts/setup-newer-servers.sh']);
step('types', 'tsc', ['-p', '.']);
step('types of the page', 'tsc', ['-p', 'collab/web']);
step('lint', 'eslint', ['.']);
mkdirSync('.cache', { recursive: true });
rmSync(results, { force: true });
if (run('tests', ...jest('--maxWorkers=2', '--json', `--outputFile=${results}`, ...some)) !== 0) tryAgain();

/** Suites that failed while another one ran beside them, once more and alone (docs/decisions/0010-once-more-alone.md). */
function tryAgain() {
  const failed = some.length > 0 ? [] : failedSuites();
  if (failed.length === 0 || failed.length > mostAgain) process.exit(1);
  step(`once more, alone: ${failed.join(', ')}`, ...jest('--runInBand', '--runTestsByPath', ...failed));
  console.log(`⚠ Passed alone, after it had failed beside other tests (see above): ${failed.join(', ')}. A test or the program may wait too short, or race.`);
}

/** None when the run was broken otherwise: a suite that could not even be loaded, a crash. */
function failedSuites() {
  try {
    const { numRuntimeErrorTestSuites, wasInterrupted, testResults } = JSON.parse(readFileSync(results, 'utf8'));
    if (numRuntimeErrorTestSuites > 0 || wasInterrupted) return [];
    return testResults.filter(({ status }) => status === 'failed').map(({ name }) => relative('.', name));
  } catch {
    return [];
  }
}

function jest(...args) {
  return [process.execPath, ['scripts/jest.js', ...args]];
}

function step(name, command, args) {
  const status = run(name, command, args);
  if (status !== 0) process.exit(status);
}

function run(name, command, args) {
  const started = performance.now();
  console.log(`▸ ${name}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(`${command} could not be started: ${error.message}. Run the tests by npm: npm test`);
  if (status === 0) console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return status ?? 1;
}
