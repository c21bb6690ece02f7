import { claudeSession } from './claude-session.ts';
import { codexSession } from './codex-session.ts';
import { geminiSession } from './gemini-session.ts';
import { layOutMachine } from './machine.ts';
import type { DemoMachine } from './machine.ts';
import { demoPeople } from './team.ts';
import type { DemoUser } from './team.ts';
import { writePastWeek } from './past-week.ts';
import { goOn, writePast } from './work.ts';
import type { DemoTurn } from './work.ts';

/** The sample team at work: its machines, the sessions people talk about, and what happens next. */
export interface DemoStory {
  readonly machines: Readonly<Record<DemoUser, DemoMachine>>;
  /** Ids of the sessions with a part in the story. */
  readonly sessions: { readonly checkout: string; readonly catalogue: string; readonly limiter: string; readonly migration: string; readonly prices: string; readonly labels: string };
  /** Lets everybody do what is due. */
  readonly tick: (now: number) => void;
}

const minutes = (count: number): number => count * 60_000;
const hours = (count: number): number => count * 3_600_000;

/** Lays the sample team's machines out in a folder, as they are at this moment: five sessions at work, others over. */
export const layOutStory = (folder: string, now: number): DemoStory => {
  const machineOf = (user: DemoUser): DemoMachine => layOutMachine(folder, { host: demoPeople[user].host, user, bootedAt: now - hours(80) });
  const machines = { mira: machineOf('mira'), jonas: machineOf('jonas'), aiko: machineOf('aiko') };
  const { mira, jonas, aiko } = machines;

  // The sick one: ten hours in one conversation, the context nearly full, the same test failing again and again.
  const checkout = claudeSession(mira, { id: '5f0c9b1e-7a24-4d63-9c18-2e7b40d1a6f3', cwd: mira.repository('shop', 'feat/split-payment'), branch: 'feat/split-payment', model: 'claude-sonnet-4-5', title: 'Split a payment over two cards', pid: 4312, startedAt: now - hours(10) });
  writePast(checkout, repeated(checkoutPast, 8), { from: now - hours(10), to: now - minutes(26) });
  writePast(checkout, repeated(checkoutStuck, 4), { from: now - minutes(24), to: now - minutes(1) });
  checkout.status(now - minutes(1), 'busy');

  // Edits the cart as well: in the same repository, on another machine.
  const catalogue = codexSession(jonas, { id: '019a61c2-44d8-7c3e-9b41-6d20f8a3e519', cwd: jonas.repository('shop', 'feat/sort'), branch: 'feat/sort', model: 'gpt-5.1-codex', pid: 2204, startedAt: now - minutes(52) });
  writePast(catalogue, cataloguePast, { from: now - minutes(52), to: now - minutes(2) });

  const limiter = claudeSession(aiko, { id: 'c8d41f70-19be-4f0a-8a35-71d6e2b9c054', cwd: aiko.repository('kettle-api', 'main'), branch: 'main', model: 'claude-sonnet-4-5', title: 'A rate limit for the public API', pid: 901, startedAt: now - minutes(35) });
  writePast(limiter, limiterPast, { from: now - minutes(35), to: now - minutes(1) });
  limiter.status(now - minutes(1), 'busy');

  // Waits for its human: a migration wants to be allowed.
  const migration = claudeSession(jonas, { id: '2b7e15a9-6c03-4e8d-b1f2-90ac47d35e81', cwd: jonas.repository('kettle-api', 'feat/orders-index'), branch: 'feat/orders-index', model: 'claude-opus-4-5', title: 'An index for the orders table', pid: 2467, startedAt: now - minutes(18) });
  writePast(migration, migrationPast, { from: now - minutes(18), to: now - minutes(7) });
  migration.status(now - minutes(7), 'waiting', 'permission to run: npm run migrate');

  const prices = geminiSession(mira, { id: '7c2f4b16-90c7-4d3a-a1f5-5b7c3e2d1096', cwd: mira.repository('shop', 'feat/split-payment'), model: 'gemini-2.5-pro', pid: 4590, startedAt: now - minutes(41) });
  writePast(prices, pricesPast, { from: now - minutes(41), to: now - minutes(33) });

  const labels = codexSession(aiko, { id: '019a5f03-8e11-7a90-8c52-1f4d7be60a37', cwd: aiko.repository('labels', 'main'), branch: 'main', model: 'gpt-5.1-codex', startedAt: now - hours(3.5) });
  writePast(labels, labelsPast, { from: now - hours(3.5), to: now - hours(2.6) });

  writePastWeek(machines, now);

  const going = [
    goOn(checkout, checkoutStuck, { everyMs: 7000, restMs: 15_000 }),
    goOn(catalogue, catalogueNext, { everyMs: 6000, restMs: 20_000 }),
    goOn(limiter, limiterNext, { everyMs: 5000, restMs: 12_000 }),
  ];
  return {
    machines,
    sessions: { checkout: checkout.id, catalogue: catalogue.id, limiter: limiter.id, migration: migration.id, prices: prices.id, labels: labels.id },
    tick: (at) => { for (const go of going) go(at); },
  };
};

const repeated = (turns: readonly DemoTurn[], times: number): DemoTurn[] => Array.from({ length: times }, () => turns).flat();

const checkoutPast: readonly DemoTurn[] = [
  {
    ask: 'Let people pay an order with two cards. Start with the model.', answer: 'The order now has a list of payments; the tests of the model pass.', added: 2950, output: 310,
    steps: [
      { tool: 'read', on: 'src/order.ts', said: 'export interface Order { payment: Payment }' },
      { tool: 'edit', on: 'src/order.ts', said: 'Edited.', from: 'payment: Payment', to: 'payments: readonly Payment[]\nopenAmount: number' },
      { tool: 'run', on: 'npm test -- order', said: '14 passed' },
    ],
  },
  {
    ask: 'Now the cart: it must show what is still open.', answer: 'The cart shows the open amount.', added: 2950, output: 360,
    steps: [
      { tool: 'read', on: 'src/cart.ts', said: 'export const total = lines => sum(lines);' },
      { tool: 'edit', on: 'src/cart.ts', said: 'Edited.', from: 'export const total', to: 'export const open = order => total(order.lines) - paid(order);\n\nexport const total' },
      { tool: 'run', on: 'npm test -- cart', said: '9 passed' },
    ],
  },
];

const checkoutStuck: readonly DemoTurn[] = [
  {
    ask: 'The checkout test fails. Make it pass.', answer: 'It still fails; I will look at the rounding once more.', added: 60, output: 240,
    steps: [
      { tool: 'run', on: 'npm test -- checkout', said: 'FAIL checkout › splits 10.01 over two cards: expected 5.01, got 5.00', failed: true },
      { tool: 'edit', on: 'src/split.ts', said: 'Edited.', from: 'Math.round(amount / 2)', to: 'Math.floor(amount / 2)' },
      { tool: 'run', on: 'npm test -- checkout', said: 'FAIL checkout › splits 10.01 over two cards: expected 5.01, got 5.00', failed: true },
      { tool: 'edit', on: 'src/split.ts', said: 'Edited.', from: 'Math.floor(amount / 2)', to: 'Math.round(amount / 2)' },
      { tool: 'run', on: 'npm test -- checkout', said: 'FAIL checkout › splits 10.01 over two cards: expected 5.01, got 5.00', failed: true },
    ],
  },
];

const cataloguePast: readonly DemoTurn[] = [
  {
    ask: 'Let people sort the teas by price.', answer: 'Sorting by price works, with tests.', added: 3100, output: 420,
    steps: [
      { tool: 'read', on: 'src/list.ts', said: 'export const list = teas => teas;' },
      { tool: 'edit', on: 'src/list.ts', said: 'Success.', from: 'export const list = teas => teas;', to: 'export const list = (teas, order) => sorted(teas, order);' },
      { tool: 'run', on: 'npm test', said: '31 passed' },
    ],
  },
  {
    ask: 'The cart lists teas, too. Same order there.', answer: 'The cart keeps the order of the list.', added: 2800, output: 380,
    steps: [
      { tool: 'read', on: 'src/cart.ts', said: 'export const total = lines => sum(lines);' },
      { tool: 'edit', on: 'src/cart.ts', said: 'Success.', from: 'lines.map(show)', to: 'sorted(lines, order).map(show)' },
      { tool: 'run', on: 'npm test', said: '33 passed' },
    ],
  },
];

const catalogueNext: readonly DemoTurn[] = [
  {
    ask: 'And by name, without regard to accents.', answer: 'Names sort by the collation of the page.', added: 900, output: 260,
    steps: [
      { tool: 'edit', on: 'src/sort.ts', said: 'Success.', from: 'a.name < b.name', to: 'collator.compare(a.name, b.name)' },
      { tool: 'edit', on: 'src/cart.ts', said: 'Success.', from: 'order)', to: "order ?? 'name')" },
      { tool: 'run', on: 'npm test', said: '35 passed' },
    ],
  },
];

const limiterPast: readonly DemoTurn[] = [
  {
    ask: 'The public API needs a limit: sixty calls a minute and key.', answer: 'A token bucket per key, with tests of its edges.', added: 2400, output: 520,
    steps: [
      { tool: 'read', on: 'src/server.ts', said: 'app.use(routes);' },
      { tool: 'edit', on: 'src/limit.ts', said: 'Edited.', from: '', to: 'export const limit = (perMinute: number) => bucket(perMinute);' },
      { tool: 'edit', on: 'src/server.ts', said: 'Edited.', from: 'app.use(routes);', to: 'app.use(limit(60));\napp.use(routes);' },
      { tool: 'run', on: 'npm test', said: '58 passed' },
    ],
  },
];

const limiterNext: readonly DemoTurn[] = [
  {
    ask: 'Tell callers how much is left.', answer: 'RateLimit headers are sent, as the draft of the IETF has them.', added: 800, output: 330,
    steps: [
      { tool: 'edit', on: 'src/limit.ts', said: 'Edited.', from: 'next();', to: "response.set('RateLimit', left);\nnext();" },
      { tool: 'run', on: 'npm test', said: '61 passed' },
      { tool: 'read', on: 'docs/api.md', said: '# API' },
      { tool: 'edit', on: 'docs/api.md', said: 'Edited.', from: '# API', to: '# API\n\nSixty calls a minute and key.' },
    ],
  },
];

const migrationPast: readonly DemoTurn[] = [
  {
    ask: 'Orders by customer are slow. Find out why and fix it.', answer: 'There is no index on orders.customer_id. The migration is written; may I run it?', added: 5200, output: 640,
    steps: [
      { tool: 'run', on: 'psql -c "EXPLAIN SELECT …"', said: 'Seq Scan on orders' },
      { tool: 'edit', on: 'migrations/0042_orders_index.sql', said: 'Edited.', from: '', to: 'CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);' },
    ],
  },
];

const pricesPast: readonly DemoTurn[] = [
  {
    ask: 'Explain how a tea gets its price.', answer: 'Eight cents a gram, more for first flush.', added: 9000, output: 300,
    steps: [{ tool: 'read', on: 'src/price.ts', said: 'export const price = grams => grams * 0.08;' }],
  },
];

const labelsPast: readonly DemoTurn[] = [
  {
    ask: 'Print the labels in two columns.', answer: 'Two columns, and the bleed is right.', added: 4100, output: 700,
    steps: [
      { tool: 'edit', on: 'src/sheet.ts', said: 'Success.', from: 'columns: 1', to: 'columns: 2' },
      { tool: 'run', on: 'npm test', said: '12 passed' },
    ],
  },
];
