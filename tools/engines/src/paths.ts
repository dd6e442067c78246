import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Where engines are kept: `$MOORING_CACHE`, else `~/.cache/mooring`. Never inside the checkout, so that a fresh clone finds them. */
export const cacheFolder = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment['MOORING_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mooring');

/** The root of the checkout this file is in, whether it runs from `src` or from `dist`. */
export function checkoutFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
  }
  throw new Error(`${import.meta.dirname} is not inside a checkout`);
}

/** The first executable file called `program` on the PATH. */
export function findOnPath(program: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/** Where Go's own installer puts it (https://go.dev/doc/install). */
const INSTALLED_GO = '/usr/local/go/bin/go';

/** Go: `$MOORING_GO` where that is set, else on the PATH, else where its installer puts it. */
export const findGo = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  [environment['MOORING_GO'] ?? findOnPath('go', environment) ?? INSTALLED_GO].find(isExecutable);

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const programFile = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);
