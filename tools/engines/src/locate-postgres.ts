import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Failure } from '@mooring/kernel';
import type { Engine, EngineSpec } from './engine-table.ts';
import { checkoutFolder, programFile } from './paths.ts';

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

/** PostgreSQL from the npm package of this platform, made runnable. */
export async function locatePostgres({ name }: EngineSpec, packageScope: string): Promise<Engine> {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (platform === undefined)
    throw new Failure('not-found', `there is no packaged PostgreSQL for ${process.platform} on ${process.arch}`);
  const folder = join(checkoutFolder(), 'node_modules', packageScope, platform);
  const path = join(folder, 'native', 'bin', programFile('postgres'));
  if (!existsSync(path))
    throw new Failure(
      'not-found',
      `${packageScope}/${platform} is not installed: run "npm ci" (without --omit=optional)`,
    );
  await restoreLinks(folder);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { name, version, path, from: 'npm' };
}

/** npm packages cannot carry symbolic links; an install script makes them, and npm may be told to run none. */
async function restoreLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(link), join(folder, source)), link).catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    });
  }
}
