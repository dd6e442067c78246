import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

/** About 200 bytes as JSON. */
export const PAYLOAD = { connection: '6e1f8a0e-0000-4000-a000-00000000abce', text: 'x'.repeat(130) };
export const EVENTS_READ = 20_000;

const event = () => jsonEvent({ type: 'Bench', data: PAYLOAD });

/** Per second. */
async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((count / (performance.now() - started)) * 1000);
}

export interface Rates {
  readonly sequential: number;
  readonly inFlight64: number;
  readonly batched: number;
  readonly readStream: number;
  readonly readAll: number;
}

/** The same for the node and for the ceiling. Numbers are per second. */
export async function measure(connectionString: string): Promise<Rates> {
  const client = EventStoreDBClient.connectionString(connectionString);
  await client.appendToStream('warm-up', event());
  const sequential = await rate(1000, async () => {
    for (let n = 0; n < 1000; n += 1) await client.appendToStream('bench-seq', event());
  });
  let left = 15_000;
  const writer = async (_: unknown, stream: number): Promise<void> => {
    while (left-- > 0) await client.appendToStream(`bench-${stream}`, event());
  };
  const inFlight64 = await rate(15_000, async () => {
    await Promise.all(Array.from({ length: 64 }, writer));
  });
  const batched = await rate(EVENTS_READ, async () => {
    for (let n = 0; n < EVENTS_READ / 200; n += 1)
      await client.appendToStream('bench-batched', Array.from({ length: 200 }, event));
  });
  const count = async (read: AsyncIterable<object>): Promise<void> => {
    let seen = 0;
    for await (const one of read) if ('event' in one) seen += 1;
    if (seen < EVENTS_READ) throw new Error(`read ${seen} of ${EVENTS_READ} events`);
  };
  const readStream = await rate(EVENTS_READ, () => count(client.readStream('bench-batched')));
  const readAll = await rate(EVENTS_READ, () => count(client.readAll({ maxCount: EVENTS_READ })));
  return { sequential, inFlight64, batched, readStream, readAll };
}
