import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { delay, Failure } from '@mooring/kernel';

/** A process as the system tells it from a later one with the same id. */
interface Known {
  readonly name: string;
  readonly pid: number;
  /** Start time in clock ticks since boot (`/proc/PID/stat`, field 22); empty where the system has no /proc. */
  readonly startedAt: string;
}

interface Ledger {
  readonly starter: Known;
  readonly processes: readonly Known[];
}

function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const known = (name: string, pid: number): Known => ({ name, pid, startedAt: startTimeOf(pid) ?? '' });

const isAlive = ({ pid, startedAt }: Known): boolean => startedAt !== '' && startTimeOf(pid) === startedAt;

/** Who was started from a data folder: so that a start after a crash ends exactly those, and two at once are told apart. */
export interface ProcessLedger {
  add(name: string, pid: number): void;
  remove(pid: number): void;
  close(): void;
}

const STOP_TIMEOUT_MS = 15_000;

/**
 * Takes the ledger of a data folder. Throws a Failure `conflict` when it is running already; processes that a killed start left
 * behind are stopped first, and told by `onLeftover`. Without /proc none can be told from a stranger, so none is touched.
 */
export async function openLedger(
  folder: string,
  onLeftover: (name: string, pid: number) => void,
): Promise<ProcessLedger> {
  const file = join(folder, 'processes.json');
  const before = readLedger(file);
  if (before !== undefined) {
    if (isAlive(before.starter)) {
      throw new Failure(
        'conflict',
        `it is running already from ${folder} (process ${before.starter.pid}): stop that one, or choose another folder with --data DIR`,
      );
    }
    await Promise.all(before.processes.filter(isAlive).map((left) => end(left, onLeftover)));
  }
  let processes: readonly Known[] = [];
  const starter = known('up', process.pid);
  const write = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify({ starter, processes } satisfies Ledger));
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    add(name, pid) {
      processes = [...processes, known(name, pid)];
      write();
    },
    remove(pid) {
      processes = processes.filter((one) => one.pid !== pid);
      write();
    },
    close: () => rmSync(file, { force: true }),
  };
}

function readLedger(file: string): Ledger | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ledger;
  } catch {
    return undefined;
  }
}

async function end(left: Known, onLeftover: (name: string, pid: number) => void): Promise<void> {
  onLeftover(left.name, left.pid);
  process.kill(left.pid, 'SIGTERM');
  for (let waited = 0; isAlive(left) && waited < STOP_TIMEOUT_MS; waited += 50) await delay(50);
  if (isAlive(left)) process.kill(left.pid, 'SIGKILL');
}
