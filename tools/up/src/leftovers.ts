import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { delay } from '@mooring/kernel';
import { identityOf } from './process-identity.ts';

/** A process as it is told from a stranger that got its id later. */
interface Known {
  readonly name: string;
  readonly pid: number;
  /** Empty where the system cannot tell. */
  readonly identity: string;
}

interface Ledger {
  readonly starter: Known;
  readonly processes: readonly Known[];
}

const ledgerFile = (folder: string): string => join(folder, 'processes.json');

const known = (name: string, pid: number): Known => ({ name, pid, identity: identityOf(pid) ?? '' });

const isAlive = ({ pid, identity }: Known): boolean => identity !== '' && identityOf(pid) === identity;

/** Who was started from a data folder, so that a start after a crash ends exactly those. */
export interface ProcessLedger {
  add(name: string, pid: number): void;
  remove(pid: number): void;
  close(): void;
}

export interface LedgerOptions {
  readonly onLeftover: (name: string, pid: number) => void;
  /** Of one process, before it is killed. */
  readonly stopTimeoutMs?: number;
}

/** The process that started what runs from a data folder, when that is known. */
export const starterOf = (folder: string): number | undefined => readLedger(folder)?.starter.pid;

/**
 * Takes the ledger of a data folder; the caller holds its lock. Processes that a killed start left behind are stopped first, last
 * started first, and told by `onLeftover`; a stranger with a recycled id is never touched.
 */
export async function openLedger(folder: string, options: LedgerOptions): Promise<ProcessLedger> {
  const file = ledgerFile(folder);
  for (const left of [...(readLedger(folder)?.processes ?? [])].reverse()) if (isAlive(left)) await end(left, options);
  let processes: readonly Known[] = [];
  let isClosed = false;
  const starter = known('up', process.pid);
  const write = (): void => {
    if (isClosed) return;
    writeFileSync(`${file}.new`, JSON.stringify({ starter, processes } satisfies Ledger), { mode: 0o600 });
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
    close() {
      isClosed = true;
      rmSync(file, { force: true });
    },
  };
}

function readLedger(folder: string): Ledger | undefined {
  try {
    return JSON.parse(readFileSync(ledgerFile(folder), 'utf8')) as Ledger;
  } catch {
    return undefined;
  }
}

const STOP_TIMEOUT_MS = 15_000;

async function end(left: Known, { onLeftover, stopTimeoutMs = STOP_TIMEOUT_MS }: LedgerOptions): Promise<void> {
  onLeftover(left.name, left.pid);
  // PostgreSQL takes SIGTERM for "when every client has gone".
  send(left, left.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  await untilGone(left, stopTimeoutMs);
  send(left, 'SIGKILL');
  await untilGone(left, stopTimeoutMs);
}

function send(left: Known, signal: NodeJS.Signals): void {
  if (!isAlive(left)) return;
  try {
    process.kill(left.pid, signal);
  } catch (thrown) {
    // It ended this very moment.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}

async function untilGone(left: Known, timeoutMs: number): Promise<void> {
  for (let waitedMs = 0; isAlive(left) && waitedMs < timeoutMs; waitedMs += 25) await delay(25);
}
