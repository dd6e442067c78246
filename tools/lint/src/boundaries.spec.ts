import { join } from 'node:path';
import { ESLint } from 'eslint';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { boundaries } from './boundaries.mjs';

const root = join(import.meta.dirname, '../../..');

/** Only the rules under test, without type information: the files of the fixtures are in no project. */
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    {
      files: ['tools/lint/lint-fixtures/*.ts'],
      plugins: { 'import-x': importX },
      settings: {
        'import-x/extensions': ['.ts'],
        'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
        'import-x/resolver': { node: { extensions: ['.ts'] } },
      },
      rules: { 'import-x/no-cycle': 'error' },
    },
    ...boundaries(root),
  ],
});

async function rulesFor(filePath: string, code: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
  return result!.messages.map(({ ruleId }) => ruleId);
}

const importing = (name: string): string => `import { x } from '${name}';\nexport const y = x;\n`;

describe('the boundaries', () => {
  it.each([
    ['a service imports another one', 'services/connections/src/x.ts', importing('@mooring/discovery')],
    ['a lib imports a service', 'libs/messaging/src/x.ts', importing('@mooring/connections')],
    ['the kernel imports contracts', 'libs/kernel/src/x.ts', importing('@mooring/contracts')],
    ['contracts import an adapter', 'libs/contracts/src/x.ts', importing('@mooring/event-store')],
    ['an adapter imports the host', 'libs/read-model/src/x.ts', importing('@mooring/service-host')],
    ['a service imports a tool', 'services/gateway/src/x.ts', importing('@mooring/kube-sim')],
    ['production code imports what is for tests', 'services/gateway/src/x.ts', importing('@mooring/testing')],
    [
      'a service imports the client of EventStoreDB',
      'services/connections/src/x.ts',
      importing('@eventstore/db-client'),
    ],
    ['a service imports the client of NATS', 'services/discovery/src/x.ts', importing('@nats-io/jetstream')],
    ['a service imports the driver of PostgreSQL', 'services/discovery/src/x.ts', importing('pg')],
    ['a service imports the client of Kubernetes', 'services/discovery/src/x.ts', importing('@kubernetes/client-node')],
    ['a lib imports the framework', 'libs/event-store/src/x.ts', importing('@nestjs/common')],
    ['a domain imports the framework', 'services/connections/src/domain/x.ts', importing('@nestjs/common')],
    ['a domain imports an adapter', 'services/connections/src/domain/x.ts', importing('../adapters/vault.ts')],
    ['a domain does I/O', 'services/connections/src/domain/x.ts', importing('node:fs')],
    ['a projection imports SQL', 'services/connections/src/projections/x.ts', importing('kysely')],
    ['a spec imports a service', 'libs/messaging/src/x.spec.ts', importing('@mooring/connections')],
  ])('are enforced when %s', async (_what, filePath, code) => {
    expect(await rulesFor(filePath, code)).toEqual(['no-restricted-imports']);
  });

  it.each([
    ['the clock', 'export const now = () => new Date();', 'no-restricted-globals'],
    ['a timer', 'export const later = () => setTimeout(() => undefined, 1);', 'no-restricted-globals'],
    ['the environment', 'export const home = () => process.env;', 'no-restricted-globals'],
    ['randomness', 'export const dice = () => Math.random();', 'no-restricted-properties'],
  ])('keep %s out of domains and projections', async (_what, code, rule) => {
    expect(await rulesFor('services/connections/src/domain/x.ts', code)).toEqual([rule]);
    expect(await rulesFor('services/connections/src/projections/x.ts', code)).toEqual([rule]);
  });

  it.each([
    ['a service uses its libs', 'services/connections/src/x.ts', importing('@mooring/messaging')],
    [
      'a test of a service uses simulated clusters',
      'services/discovery/test/x.int.spec.ts',
      importing('@mooring/kube-sim'),
    ],
    ['the event store lib uses its client', 'libs/event-store/src/x.ts', importing('@eventstore/db-client')],
  ])('let pass when %s', async (_what, filePath, code) => {
    expect(await rulesFor(filePath, code)).toEqual([]);
  });

  it('find files that import each other', async () => {
    const [result] = await eslint.lintFiles(['tools/lint/lint-fixtures/cycle-a.ts']);
    expect(result!.messages.map(({ ruleId }) => ruleId)).toEqual(['import-x/no-cycle']);
  });
});
