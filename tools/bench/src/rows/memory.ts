import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutFolder, proportionalBytes, residentBytes, treeOf } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import type { Row } from '../row.ts';

const READY_TIMEOUT_MS = 120_000;
/** After what the start leaves behind has been collected. */
const IDLE_MS = 30_000;
const GOAL_MIB = 1024;
const FIRST_PORT = 19_200;

interface Memory {
  readonly name: string;
  /** Proportional: a page that n processes share counts 1/n. The sum is what the machine really gives. */
  readonly pssMib: number;
  /** The sum counts shared pages once per process. */
  readonly rssMib: number;
}

/** The whole system as `npm start -- --demo` starts it, connected to its three clusters and idle for half a minute; the clusters' simulator is not counted. */
export const memory: Row = {
  name: 'memory',
  eventsDefault: 0,
  async run() {
    if (process.platform !== 'linux') return { measurements: [], notes: ['memory: only Linux says what is shared'] };
    const folder = mkdtempSync(join(tmpdir(), 'mooring-memory-'));
    const main = join(checkoutFolder(), 'tools/up/dist/src/main.js');
    const args = [main, '--demo', '--data', folder, '--port', String(FIRST_PORT)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const end = (): boolean => child.kill('SIGINT');
    process.once('exit', end);
    const ended = once(child, 'exit');
    try {
      await untilConnected(child.stdout);
      await delay(IDLE_MS);
      return { measurements: [], notes: describe(measure(child.pid ?? 0, folder)) };
    } finally {
      end();
      await ended;
      process.removeListener('exit', end);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function untilConnected(output: NodeJS.ReadableStream): Promise<void> {
  const timeout = AbortSignal.timeout(READY_TIMEOUT_MS);
  let registered = 0;
  for await (const line of lines(output, timeout)) {
    if (/^ {2}[a-z-]+: registered/.test(line)) registered += 1;
    if (registered === 3) return;
  }
  throw new Error('the system ended before its clusters were registered');
}

async function* lines(output: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<string> {
  const reader = createInterface({ input: output });
  const close = (): void => reader.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const line of reader) yield line;
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', close);
    output.resume();
  }
}

function measure(starter: number, folder: string): readonly Memory[] {
  const ledger = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8')) as {
    readonly processes: readonly { readonly name: string; readonly pid: number }[];
  };
  const own = ledger.processes.filter(({ name }) => name !== 'demo');
  return [{ name: 'start', pid: starter }, ...own].map(({ name, pid }) => {
    // PostgreSQL is a process per connection.
    const family = name === 'postgres' ? treeOf(pid) : [pid];
    const mib = (bytesOf: (pid: number) => number): number =>
      family.reduce((sum, each) => sum + bytesOf(each), 0) / 1_024 ** 2;
    return { name, pssMib: mib(proportionalBytes), rssMib: mib(residentBytes) };
  });
}

function describe(processes: readonly Memory[]): readonly string[] {
  const sum = (of: (memory: Memory) => number): number => processes.reduce((total, each) => total + of(each), 0);
  const all = { name: 'all', pssMib: sum(({ pssMib }) => pssMib), rssMib: sum(({ rssMib }) => rssMib) };
  const verdict = all.pssMib <= GOAL_MIB ? 'reached' : 'MISSED';
  return [
    '',
    `memory, idle with three clusters: ${Math.round(all.pssMib)} MiB, goal ≤ ${GOAL_MIB} MiB: ${verdict}`,
    ...[...processes, all].map(
      ({ name, pssMib, rssMib }) =>
        `  ${name.padEnd(14)} ${String(Math.round(pssMib)).padStart(5)} MiB (PSS) ${String(Math.round(rssMib)).padStart(6)} MiB (RSS)`,
    ),
  ];
}
