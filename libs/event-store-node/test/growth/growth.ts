/**
 * `npm run growth -w @mooring/event-store-node -- [--events 1000000] [--streams 10000] [--bytes 1000] [--data DIR]`:
 * a store of so many events against one of 10,000, side by side in one run. Both have the same streams and events of the
 * same size; the folder (of the system's temporary ones by default; 10 million need 12 GB) is removed at the end.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BACKWARDS, EventStoreDBClient, type Position } from '@eventstore/db-client';
import { startNodeProcess, type NodeProcess } from '../own-process.ts';
import { fill, streamName } from './fill.ts';
import { WORKLOADS, type Subject } from './workload.ts';

const SMALL = 10_000;
const ROUNDS = 3;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    streams: { type: 'string', default: '10000' },
    bytes: { type: 'string', default: '1000' },
    data: { type: 'string', default: tmpdir() },
  },
});
const [events, streams, eventBytes] = [Number(values.events), Number(values.streams), Number(values.bytes)];
mkdirSync(values.data, { recursive: true });
const folder = mkdtempSync(join(values.data, 'growth-'));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(2)} s`;

const residentMb = ({ pid }: NodeProcess): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

async function start(data: string, what: string): Promise<NodeProcess> {
  const started = performance.now();
  const node = await startNodeProcess(data);
  print(`${what}: ready after ${seconds(started)}, resident ${residentMb(node)} MB`);
  return node;
}

async function positionOf(client: EventStoreDBClient, stream: string, fromRevision: bigint): Promise<Position> {
  for await (const { event } of client.readStream(stream, { direction: BACKWARDS, fromRevision, maxCount: 1 }))
    if (event?.position !== undefined) return event.position;
  throw new Error(`${stream} has no event ${fromRevision}`);
}

/** A filled store whose node was started twice: with nothing of the file in memory, and again. */
async function grow(name: string, count: number): Promise<{ node: NodeProcess; subject: Subject }> {
  const data = join(folder, name);
  const filling = performance.now();
  fill(data, count, streams, eventBytes);
  const file = join(data, 'events.db');
  print(`${name}: filled in ${seconds(filling)}, ${Math.round(statSync(file).size / 1024 / 1024)} MB`);
  // Drops what the system keeps of the file in memory.
  execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
  await (await start(data, `${name}, file not in memory`)).end('SIGTERM');
  const node = await start(data, `${name}, again`);
  const client = EventStoreDBClient.connectionString(node.connectionString);
  const middle = await positionOf(client, streamName(0), BigInt(Math.floor(count / streams / 2)));
  return { node, subject: { client, streams, eventBytes, middle } };
}

try {
  const small = await grow('small', SMALL);
  const large = await grow('large', events);
  print(`\n| per second | ${SMALL} events | ${events} events | of it | wanted |\n| --- | --- | --- | --- | --- |`);
  for (const [what, workload] of Object.entries(WORKLOADS)) {
    const best = { small: 0, large: 0 };
    // In turns, and the best of each: what else the machine does hits both.
    for (let round = 0; round < ROUNDS; round += 1) {
      best.small = Math.max(best.small, await workload(small.subject));
      best.large = Math.max(best.large, await workload(large.subject));
    }
    print(`| ${what} | ${best.small} | ${best.large} | ${Math.round((best.large / best.small) * 100)} % | 80 % |`);
  }
  print(`\nresident afterwards: small ${residentMb(small.node)} MB, large ${residentMb(large.node)} MB; wanted 250 MB`);
  await Promise.all([small, large].map(({ node }) => node.end('SIGTERM')));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
