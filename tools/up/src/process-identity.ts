import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells the process that has this id now from any other that had or will have it: boot and start time. `undefined` when it has
 * ended, and where the system cannot say (Windows): then no process is ever taken for one of ours.
 */
export const identityOf = (pid: number): string | undefined =>
  process.platform === 'linux' ? fromProc(pid) : process.platform === 'win32' ? undefined : fromPs(pid);

let boot: string | undefined;

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything. Then: state (field 3) … start time in ticks since boot (field 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? undefined : `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : stdout.trim();
}
