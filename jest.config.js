// Native ES modules, as the program itself runs; swc strips the types (see docs/decisions/0002-tests-run-as-esm.md).
export default {
  testEnvironment: 'node',
  // Workspaces import each other's sources; see exporter/package.json.
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons', 'watchroom-source'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }] },
  testMatch: ['<rootDir>/*/test/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  testTimeout: 60_000,
};
