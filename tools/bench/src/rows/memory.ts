import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutFolder } from '@mooring/engines';
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
  const parents = parentsOf();
  const own = ledger.processes.filter(({ name }) => name !== 'demo');
  return [{ name: 'start', pid: starter }, ...own].map(({ name, pid }) => {
    // PostgreSQL is a process per connection.
    const family = name === 'postgres' ? [pid, ...childrenOf(pid, parents)] : [pid];
    const each = family.map(memoryOf);
    return {
      name,
      pssMib: each.reduce((sum, { pssKib }) => sum + pssKib, 0) / 1024,
      rssMib: each.reduce((sum, { rssKib }) => sum + rssKib, 0) / 1024,
    };
  });
}

const parentsOf = (): ReadonlyMap<number, number> =>
  new Map(
    readdirSync('/proc')
      .filter((entry) => /^[0-9]+$/.test(entry))
      .map((entry) => [Number(entry), Number(/^PPid:\s+([0-9]+)/m.exec(read(`/proc/${entry}/status`))?.[1])] as const),
  );

const childrenOf = (pid: number, parents: ReadonlyMap<number, number>): readonly number[] =>
  [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);

function memoryOf(pid: number): { readonly pssKib: number; readonly rssKib: number } {
  const text = read(`/proc/${pid}/smaps_rollup`);
  const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+([0-9]+)`, 'm').exec(text)?.[1] ?? 0);
  return { pssKib: kib('Pss'), rssKib: kib('Rss') };
}

/** Nothing for a process that ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
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
