import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What stands between a node and its disk is C and is preloaded, which only Linux does. */
export const canPreload = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

function build(folder: string, name: string): string {
  const library = join(folder, `${name}.so`);
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread']);
  return library;
}

/** The environment in which a node writes down in `log` what it does to the files in `dataFolder`. */
export const recordWrites = (folder: string, dataFolder: string, log: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: build(folder, 'record-writes'),
  RECORD_FOLDER: dataFolder,
  RECORD_LOG: log,
});

/** The environment in which writing to files in `dataFolder` fails with `error` (a number of the system) while `flag` is there. */
export const refuseWrites = (
  folder: string,
  dataFolder: string,
  flag: string,
  error: number,
): Readonly<Record<string, string>> => ({
  LD_PRELOAD: build(folder, 'refuse-writes'),
  REFUSE_FOLDER: dataFolder,
  REFUSE_WHILE: flag,
  REFUSE_ERROR: String(error),
});
