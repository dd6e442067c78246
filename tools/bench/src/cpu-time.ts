import { readdirSync, readFileSync } from 'node:fs';

/** CPU time that processes have had so far, all their threads together, in milliseconds; 0 where the system does not tell (it is Linux that does). */
export const cpuTimeMs = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + ofProcess(pid), 0);

function ofProcess(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + ofThread(`/proc/${pid}/task/${thread}/schedstat`), 0);
  } catch {
    // It has ended, or this is another system.
    return 0;
  }
}

function ofThread(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}
