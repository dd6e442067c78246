/** Three layers, told apart by file name: `.spec` is pure, `.int.spec` uses real engines, `.e2e.spec` the whole system as a user starts it. */
const layer = (displayName, testRegex, options = {}) => ({
  displayName,
  testRegex,
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['development', 'node', 'node-addons'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/lint-fixtures/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: false, decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  ...options,
});

export default {
  // Machines are shared and noisy: a limit is there to end what hangs, not to measure.
  testTimeout: 60_000,
  projects: [
    layer('unit', ['(?<!\\.int|\\.e2e|\\.cluster|\\.browser)\\.spec\\.tsx?$']),
    layer('integration', ['\\.int\\.spec\\.ts$']),
    layer('e2e', ['\\.e2e\\.spec\\.ts$']),
    layer('cluster', ['\\.cluster\\.spec\\.ts$']),
  ],
};
