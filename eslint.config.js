import tseslint from 'typescript-eslint';

/** DESIGN: data flows one way. Folder → the sibling folders it may import (docs/architecture.md shows the picture). */
const mayImport = {
  session: [],
  files: [],
  tokens: [],
  processes: ['session'],
  readers: ['session', 'files', 'tokens'],
  ledger: ['session'],
  cost: ['session'],
  health: ['session'],
  sweep: ['session', 'files', 'processes', 'readers', 'ledger', 'cost'],
  metrics: ['session', 'health', 'cost'],
  config: ['session', 'files', 'health', 'cost'],
  http: ['session', 'health', 'cost', 'metrics', 'config'],
  agent: ['session'],
  advice: ['session', 'health', 'cost'],
  exchange: ['session', 'readers'],
  search: ['session', 'files', 'readers', 'sweep'],
  wrap: ['session'],
  hooks: [],
  mcp: ['session', 'health', 'search', 'http', 'cli'],
  wiring: ['advice', 'exchange', 'search', 'wrap', 'hooks', 'mcp', 'session', 'files', 'processes', 'readers', 'ledger', 'sweep', 'health', 'cost', 'metrics', 'http', 'config', 'cli', 'agent'],
  cli: ['advice', 'exchange', 'search', 'wrap', 'hooks', 'session', 'files', 'processes', 'readers', 'ledger', 'sweep', 'health', 'cost', 'metrics', 'http', 'config', 'tokens'],
};
const folders = Object.keys(mayImport);

const importTable = folders.map((folder) => ({
  files: [`exporter/src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: folders
        .filter((other) => other !== folder && !mayImport[folder].includes(other))
        .map((other) => ({ regex: `^(\\.\\./)+${other}/`, message: `${folder}/ may not import ${other}/ (import table in eslint.config.js)` }))
        .concat([{ regex: '^(\\.\\./)+main\\.ts$', message: 'nothing imports main.ts' }]),
    }],
  },
}));

/** The hub's folders, in the same manner. Files directly in collab/server put them together. */
const hubMayImport = {
  store: [],
  access: ['store'],
  routes: ['store', 'access'],
  auth: ['store', 'access', 'routes'],
  teams: ['store', 'access', 'routes', 'auth'],
  sessions: ['store', 'access', 'routes'],
  agents: ['store', 'access', 'routes', 'sessions'],
  analytics: ['store', 'access', 'routes', 'sessions'],
  budgets: ['store', 'access', 'routes', 'auth'],
  metrics: ['store', 'access', 'routes', 'sessions', 'agents', 'budgets'],
  sockets: ['store', 'access', 'routes', 'sessions', 'auth'],
  pages: ['store', 'access', 'routes', 'sessions'],
  rooms: ['store', 'access', 'routes', 'sessions', 'auth', 'teams', 'sockets'],
  lan: ['store', 'access', 'routes', 'auth', 'teams'],
};
const hubFolders = Object.keys(hubMayImport);
const hubTable = hubFolders.map((folder) => ({
  files: [`collab/server/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: hubFolders
        .filter((other) => other !== folder && !hubMayImport[folder].includes(other))
        .map((other) => ({ regex: `^(\\.\\./)+${other}/`, message: `${folder}/ may not import ${other}/ (import table in eslint.config.js)` }))
        .concat([
          { regex: '^(\\.\\./)+(hub|app|module)\\.ts$', message: 'only what puts the hub together imports these' },
          { regex: '^(\\.\\./)+exporter/', message: 'collab stands on the published sub-paths of the exporter: watchroom/wire, watchroom/session, watchroom/metrics' },
        ]),
    }],
  },
}));

/** Only main.ts (and worker entries, which are told everything) may look at the world: STYLE 6. */
const noWorld = {
  files: [...folders.map((folder) => `exporter/src/${folder}/**/*.ts`), 'collab/server/**/*.ts'],
  rules: {
    'no-restricted-properties': ['error',
      { object: 'process', property: 'env', message: 'the environment arrives as a Machine or an argument; only main.ts reads it' },
      { object: 'process', property: 'argv', message: 'only main.ts reads argv' },
      { object: 'Date', property: 'now', message: 'time arrives as an argument; only main.ts has a clock' },
      { object: 'os', property: 'homedir', message: 'home arrives in Machine' },
    ],
    'no-restricted-syntax': ['error', { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time arrives as an argument; only main.ts has a clock' }],
  },
};

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '**/coverage/'] },
  ...tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  noWorld,
  ...importTable,
  ...hubTable,
  // A thread's entry wires it, as main.ts does the process.
  { files: ['exporter/src/sweep/*-thread.ts', 'exporter/src/search/*-thread.ts', 'exporter/src/wiring/local-hub-thread.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['scripts/**', 'bench/**', '**/test/**', '**/bin/**'], rules: { 'no-console': 'off' } },
  // CommonJS starts faster than a module.
  { files: ['exporter/bin/**'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
