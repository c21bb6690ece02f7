// Runs jest on native ES modules: node scripts/jest.js [jest arguments]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { checkNode } from '../exporter/bin/check-node.js';

checkNode();
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
