import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The recorder is C and is preloaded, which only Linux does. */
export const canRecord = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

/** The environment in which a node writes down in `log` what it does to the files in `dataFolder`. */
export function buildRecorder(folder: string, dataFolder: string, log: string): Readonly<Record<string, string>> {
  const recorder = join(folder, 'recorder.so');
  const source = fileURLToPath(new URL('record-writes.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', recorder, source, '-ldl', '-lpthread']);
  return { LD_PRELOAD: recorder, RECORD_FOLDER: dataFolder, RECORD_LOG: log };
}
