/** `npm run bench -w @mooring/event-store-node`: the node against what the client can do at most, and against SQLite alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import { startNodeProcess } from '../own-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { PAYLOAD, WORKLOADS, type Workload } from './workload.ts';

const ROUNDS = 3;

/** Commits per second with a sync each, one 200-byte row at a time. */
function sqliteAlone(folder: string): number {
  const database = new DatabaseSync(join(folder, 'alone.db'));
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, data TEXT)');
  const insert = database.prepare('INSERT INTO t (data) VALUES (?)');
  const text = JSON.stringify(PAYLOAD);
  const started = performance.now();
  for (let n = 0; n < 1000; n += 1) insert.run(text);
  const perSecond = Math.round(1_000_000 / (performance.now() - started));
  database.close();
  return perSecond;
}

async function startCeiling(): Promise<{ connectionString: string; stop: () => void }> {
  const script = fileURLToPath(new URL('ceiling.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=development', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { connectionString: `esdb://127.0.0.1:${port}?tls=false`, stop: () => child.kill() };
}

/** In turns, and the best of each: what else the machine does hits both. */
async function compare(workload: Workload, node: EventStoreDBClient, most: EventStoreDBClient) {
  const measured = { node: 0, most: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    measured.node = Math.max(measured.node, await WORKLOADS[workload](node));
    measured.most = Math.max(measured.most, await WORKLOADS[workload](most));
  }
  return measured;
}

/** Milliseconds from an append to its subscriber, one after the other. */
async function hops(connectionString: string, subscribers: number): Promise<{ p50: number; p99: number }> {
  // Clients with the same options share one connection, which carries 100 calls.
  const clients = Array.from({ length: Math.ceil(subscribers / 80) }, (_, index) =>
    EventStoreDBClient.connectionString(`${connectionString}&keepAliveInterval=${10_000 + index}`),
  );
  const [writer] = clients;
  if (writer === undefined) throw new Error('no client');
  let heard = (): void => undefined;
  await Promise.all(
    Array.from({ length: subscribers }, async (_, index) => {
      const filter = streamNameFilter({ prefixes: ['bench-hop'] });
      const subscription = clients[index % clients.length]?.subscribeToAll({ fromPosition: 'end', filter });
      subscription?.on('data', () => {
        if (index === 0) heard();
      });
      await new Promise((resolve) => subscription?.on('caughtUp', () => resolve(undefined)));
    }),
  );
  const times: number[] = [];
  for (let n = 0; n < 300; n += 1) {
    const arrived = new Promise<void>((resolve) => (heard = resolve));
    const started = performance.now();
    await writer.appendToStream('bench-hop', jsonEvent({ type: 'Hop', data: PAYLOAD }));
    await arrived;
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { p50: times[150] ?? 0, p99: times[297] ?? 0 };
}

const residentMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

const print = (row: string): void => void process.stdout.write(`${row}\n`);

using folder = temporaryFolder();
await using node = await startNodeProcess(join(folder.path, 'data'));
const ceiling = await startCeiling();
const clients = [node, ceiling].map(({ connectionString }) => EventStoreDBClient.connectionString(connectionString));
const [ours, most] = clients as [EventStoreDBClient, EventStoreDBClient];
const row = (what: string, part: number, whole: number, wanted: string): void =>
  print(`| ${what} | ${part} | ${whole} | ${Math.round((part / whole) * 100)} % | ${wanted} |`);
print('| per second | node | ceiling | of it | wanted |');
print('| --- | --- | --- | --- | --- |');
let alone = 0;
for (let round = 0; round < ROUNDS; round += 1) alone = Math.max(alone, sqliteAlone(folder.path));
const sequential = await compare('sequential', ours, most);
row('appends, one after the other, of SQLite commits', sequential.node, alone, '40 %');
const wanted = { inFlight64: '75 %', batched: '25000', readStream: '90 %', readAll: '90 %' } as const;
for (const workload of ['inFlight64', 'batched', 'readStream', 'readAll'] as const) {
  const rates = await compare(workload, ours, most);
  row(workload, rates.node, rates.most, wanted[workload]);
}
const one = await hops(node.connectionString, 1);
const thousand = await hops(node.connectionString, 1000);
print(
  `\nappend → subscriber: p50 ${one.p50.toFixed(2)} ms, p99 ${one.p99.toFixed(2)} ms; with 1,000 subscribers p50 ${thousand.p50.toFixed(1)} ms, p99 ${thousand.p99.toFixed(1)} ms`,
);
print(`resident: ${residentMb(node.pid)} MB`);
// Not before: an error on one client's call fails the appends of all clients in the process.
ceiling.stop();
process.exit(0);
