import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Which `type:` of project may import which. A project's type is its Nx tag in package.json; the arrow points one way:
 * kernel ← contract ← adapter ← host ← service. Nobody imports a service; only tools and tests may import `testing`.
 */
const MAY_IMPORT = {
  kernel: ['kernel'],
  contract: ['kernel', 'contract'],
  adapter: ['kernel', 'contract', 'adapter'],
  host: ['kernel', 'contract', 'adapter', 'host'],
  service: ['kernel', 'contract', 'adapter', 'host'],
  testing: ['kernel', 'tool'],
  tool: ['kernel', 'contract', 'adapter', 'host', 'testing', 'tool'],
};

/** A few outside libraries live behind exactly one of ours. */
const PINNED = [
  {
    packages: ['@eventstore/db-client', '@grpc/grpc-js', 'google-protobuf'],
    behind: ['event-store', 'event-store-node', 'bench'],
  },
  {
    packages: ['@nats-io/transport-node', '@nats-io/jetstream', '@nats-io/kv', '@nats-io/nkeys'],
    behind: ['messaging', 'testing', 'bench', 'chaos', 'soak', 'up'],
  },
  { packages: ['pg'], behind: ['read-model', 'testing', 'bench', 'up'] },
  { packages: ['@kubernetes/client-node'], behind: ['bench'] },
];

const FRAMEWORKS = ['@nestjs/*', 'rxjs', 'fastify', '@fastify/*'];
const MAY_USE_FRAMEWORKS = new Set([
  'service-host',
  'messaging',
  'connections',
  'discovery',
  'notifications',
  'gateway',
  'console',
]);

const projects = (root) =>
  ['libs', 'services', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, 'package.json')))
      .map((entry) => {
        const { name, nx } = JSON.parse(readFileSync(join(root, folder, entry.name, 'package.json'), 'utf8'));
        const type = nx?.tags?.find((tag) => tag.startsWith('type:'))?.slice('type:'.length);
        if (MAY_IMPORT[type] === undefined)
          throw new Error(
            `${folder}/${entry.name}/package.json: needs one Nx tag "type:" of ${Object.keys(MAY_IMPORT).join(', ')}`,
          );
        return { name, short: entry.name, folder: `${folder}/${entry.name}`, type };
      }),
  );

const forbid = (group, message) => ({ group, message });

/** ESLint configuration blocks, one per project, made from the Nx tags, so that a boundary is declared once. */
export function boundaries(root) {
  const all = projects(root);
  return all.flatMap((project) => {
    const forProduction = [
      ...all
        .filter((other) => other !== project && !MAY_IMPORT[project.type].includes(other.type))
        .map((other) =>
          forbid([other.name, `${other.name}/*`], `type:${project.type} may not import type:${other.type}`),
        ),
      ...PINNED.filter(({ behind }) => !behind.includes(project.short)).map(({ packages, behind }) =>
        forbid(
          packages.flatMap((name) => [name, `${name}/*`]),
          `only ${behind.join(', ')} import it`,
        ),
      ),
      ...(MAY_USE_FRAMEWORKS.has(project.short)
        ? []
        : [forbid(FRAMEWORKS, 'frameworks stay in services, service-host and messaging')]),
    ];
    const forTests = forProduction.filter(
      ({ group }) =>
        group[0].startsWith('@mooring/') &&
        group[0] !== '@mooring/testing' &&
        all.find(({ name }) => name === group[0])?.type === 'service',
    );
    const files = (glob) => [`${project.folder}/${glob}`];
    return [
      {
        files: files('**/*.ts'),
        ignores: ['**/*.spec.ts', '**/test/**', '**/conformance/**'],
        rules: { 'no-restricted-imports': ['error', { patterns: forProduction }] },
      },
      { files: files('**/*.spec.ts'), rules: { 'no-restricted-imports': ['error', { patterns: forTests }] } },
      ...['domain', 'projections'].map((pure) => ({
        files: files(`src/${pure}/**/*.ts`),
        ignores: ['**/*.spec.ts'],
        rules: {
          'no-restricted-imports': [
            'error',
            {
              patterns: [
                ...forProduction,
                forbid(
                  [...FRAMEWORKS, 'node:*', '../adapters/*', '../bus/*', '../http/*', 'kysely'],
                  `${pure}/ is data and pure functions`,
                ),
              ],
            },
          ],
          'no-restricted-globals': ['error', 'Date', 'setTimeout', 'fetch', 'process', 'crypto'],
          'no-restricted-properties': [
            'error',
            { object: 'Math', property: 'random' },
            { object: 'Date', property: 'now' },
          ],
        },
      })),
    ].filter(({ rules }) => rules['no-restricted-imports'][1].patterns.length > 0);
  });
}
