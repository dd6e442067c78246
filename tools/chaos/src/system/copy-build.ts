import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

const GROUPS = ['libs', 'services', 'tools'];

/** Sources and tests are never run, and outside packages are the checkout's own. */
const LEFT_OUT = new Set(['src', 'test', 'web', 'node_modules']);

/**
 * Copies what is built of a checkout, so that the system under test is not changed by the next build, and can be changed by a
 * mutant. Workspace packages resolve to the copy, all others to the checkout's.
 */
export async function copyBuild(checkout: string, copy: string): Promise<void> {
  await mkdir(join(copy, 'node_modules/@mooring'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(checkout, name), join(copy, name));
  for (const name of await readdir(join(checkout, 'node_modules'))) {
    if (name !== '@mooring') await symlink(join(checkout, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const group of GROUPS) {
    for (const name of await readdir(join(checkout, group))) await copyPackage(checkout, copy, join(group, name));
  }
}

async function copyPackage(checkout: string, copy: string, folder: string): Promise<void> {
  const [from, to] = [join(checkout, folder), join(copy, folder)];
  if (!existsSync(join(from, 'package.json'))) return;
  await cp(from, to, {
    recursive: true,
    // What lies in dist has the names of its sources.
    filter: (path) => path.includes('/dist/') || !LEFT_OUT.has(basename(path)),
  });
  await symlink(to, join(copy, 'node_modules/@mooring', basename(folder)));
  const own = join(from, 'node_modules');
  if (existsSync(own)) await symlink(own, join(to, 'node_modules'));
}
