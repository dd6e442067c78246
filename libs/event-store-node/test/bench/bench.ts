/** `npm run bench -w @mooring/event-store-node`: the node against what the client can do at most, and against SQLite alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { startNodeProcess } from '../own-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { appendsUnderReads, hops, type Latencies } from './latency.ts';
import { COUNTS, PAYLOAD, WORKLOADS, type Workload } from './workload.ts';

const ROUNDS = 5;
/** A comparison takes no new round after so long, so that a slow machine still ends in time. */
const BUDGET_MS = 8_000;

/** Commits per second with a sync each, one 200-byte row at a time. */
function sqliteAlone(folder: string): number {
  const database = new DatabaseSync(join(folder, 'alone.db'));
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, data TEXT)');
  const insert = database.prepare('INSERT INTO t (data) VALUES (?)');
  const text = JSON.stringify(PAYLOAD);
  const started = performance.now();
  for (let n = 0; n < 500; n += 1) insert.run(text);
  const perSecond = Math.round(500_000 / (performance.now() - started));
  database.close();
  return perSecond;
}

interface Server {
  readonly connectionString: string;
  readonly pid: number;
}

async function startCeiling(): Promise<Server & Disposable> {
  const script = fileURLToPath(new URL('ceiling.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=development', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  const connectionString = `esdb://127.0.0.1:${port}?tls=false`;
  return { connectionString, pid: child.pid ?? 0, [Symbol.dispose]: () => void child.kill() };
}

/** What a process and its threads have used of the CPU, in microseconds. Busy neighbours hardly change it. */
const cpuMicros = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000,
    0,
  );

interface Measured {
  perSecond: number;
  cpuEach: number;
}

/** In turns, and the best of each: what else the machine does hits both. */
async function compare(workload: Workload, servers: readonly Server[]): Promise<Measured[]> {
  const sides = servers.map((server) => ({
    ...{ server, client: EventStoreDBClient.connectionString(server.connectionString) },
    best: { perSecond: 0, cpuEach: Infinity },
  }));
  const started = performance.now();
  for (let round = 0; round < ROUNDS && (round < 2 || performance.now() - started < BUDGET_MS); round += 1)
    for (const { server, client, best } of sides) {
      const before = cpuMicros(server.pid);
      best.perSecond = Math.max(best.perSecond, await WORKLOADS[workload](client));
      best.cpuEach = Math.min(best.cpuEach, (cpuMicros(server.pid) - before) / COUNTS[workload]);
    }
  return sides.map(({ best }) => best);
}

const residentMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

const print = (row: string): void => void process.stdout.write(`${row}\n`);
const row = (what: string, part: number, whole: number, wanted: string): void =>
  print(`| ${what} | ${part} | ${whole} | ${Math.round((part / whole) * 100)} % | ${wanted} |`);
const milliseconds = ({ p50, p99 }: Latencies): string => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;

/** Ends both servers, and not before all is done: an error on one client's call fails the appends of all in the process. */
async function run(): Promise<void> {
  using folder = temporaryFolder();
  await using node = await startNodeProcess(join(folder.path, 'data'));
  using ceiling = await startCeiling();
  const servers = [node, ceiling];
  print('| per second | node | ceiling | of it | wanted |');
  print('| --- | --- | --- | --- | --- |');
  const client = EventStoreDBClient.connectionString(node.connectionString);
  let [alone, sequential] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone = Math.max(alone, sqliteAlone(folder.path));
    sequential = Math.max(sequential, await WORKLOADS.sequential(client));
  }
  row('appends, one after the other, of SQLite commits', sequential, alone, '40 %');
  const wanted = { inFlight64: '75 %', batched: '25000', readStream: '90 %', readAll: '90 %' } as const;
  const spent: string[] = [];
  for (const workload of ['inFlight64', 'batched', 'readStream', 'readAll'] as const) {
    const [ours, most] = (await compare(workload, servers)) as [Measured, Measured];
    row(workload, ours.perSecond, most.perSecond, wanted[workload]);
    spent.push(`${workload} ${ours.cpuEach.toFixed(1)} : ${most.cpuEach.toFixed(1)}`);
  }
  print(`\nµs CPU each, node : ceiling: ${spent.join(', ')}`);
  print(`append → subscriber: ${milliseconds(await hops(node.connectionString, 1, 300))} (wanted: p99 under 5 ms)`);
  const underReads = await appendsUnderReads(node.connectionString, 4, 500);
  print(`append while 4 clients read flat out: ${milliseconds(underReads)} (wanted: p99 under 20 ms)`);
  const before = residentMb(node.pid);
  const thousand = await hops(node.connectionString, 1000, 60);
  const after = residentMb(node.pid);
  print(`append → each of 1,000 live subscribers: ${milliseconds(thousand)}; resident ${after} MB, ${before} before`);
}

await run();
// The clients' connections would keep it running.
process.exit(0);
