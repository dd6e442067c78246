import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import { PAYLOAD } from './workload.ts';

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** Clients with the same options share one connection, which carries 100 calls; these do not share theirs. */
export const openClients = (connectionString: string, count: number): EventStoreDBClient[] =>
  Array.from({ length: count }, (_, index) =>
    EventStoreDBClient.connectionString(`${connectionString}&keepAliveInterval=${10_000 + index}`),
  );

async function timesOf(count: number, work: () => Promise<unknown>): Promise<Latencies> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(part * (count - 1))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** From an append until each of so many subscribers has it, one append after the other. */
export async function hops(connectionString: string, subscribers: number, count: number): Promise<Latencies> {
  const clients = openClients(connectionString, Math.ceil(subscribers / 80));
  const stream = `bench-hop-${subscribers}`;
  let missing = 0;
  let arrived = (): void => undefined;
  const subscriptions = await Promise.all(
    Array.from({ length: subscribers }, async (_, index) => {
      const filter = streamNameFilter({ prefixes: [stream] });
      const subscription = clients[index % clients.length]?.subscribeToAll({ fromPosition: 'end', filter });
      subscription?.on('data', () => {
        missing -= 1;
        if (missing === 0) arrived();
      });
      await new Promise((resolve) => subscription?.on('caughtUp', () => resolve(undefined)));
      return subscription;
    }),
  );
  const times = await timesOf(count, async () => {
    missing = subscribers;
    const all = new Promise<void>((resolve) => (arrived = resolve));
    await clients[0]?.appendToStream(stream, jsonEvent({ type: 'Hop', data: PAYLOAD }));
    await all;
  });
  for (const subscription of subscriptions) await subscription?.unsubscribe();
  return times;
}

/** Appends, one after the other, while readers in another process read a stream and `$all` as fast as they can. */
export async function appendsUnderReads(connectionString: string, readers: number, count: number): Promise<Latencies> {
  const script = fileURLToPath(new URL('readers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=development', script, connectionString, String(readers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  try {
    // Each has read once.
    await once(createInterface(child.stdout), 'line');
    const [client] = openClients(`${connectionString}&throwOnAppendFailure=true`, 1);
    return await timesOf(count, () =>
      Promise.resolve(client?.appendToStream('bench-under-reads', jsonEvent({ type: 'Bench', data: PAYLOAD }))),
    );
  } finally {
    child.kill();
    await gone;
  }
}
