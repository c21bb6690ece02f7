// Says what is wrong with an old Node before anything needs a new one.
import { checkNode } from '../../exporter/bin/check-node.js';

checkNode();
await import('./build.ts');
