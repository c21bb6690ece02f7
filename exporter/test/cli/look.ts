// Not a test: shows what a command prints. node exporter/test/cli/look.ts 80 list --all
import { createPrices } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';
import { aBackend, run } from './a-command-line.ts';
import { someCalls, someSessions } from './some-sessions.ts';

const [columns, ...line] = process.argv.slice(2);
const sessions = someSessions();
const backend = aBackend(sessions, { explain: async (id) => ({ session: sessions.find((session) => session.id === id)!, calls: someCalls(), parts: [], prices: createPrices(loadPriceTable()) }) });
const { out, err, exitCode } = await run(line, backend, { columns: Number(columns) });
process.stdout.write(out);
process.stderr.write(err);
console.log(`exit code ${exitCode}`);
