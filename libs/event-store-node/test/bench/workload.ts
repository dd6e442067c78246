import { jsonEvent, type EventStoreDBClient } from '@eventstore/db-client';

/** About 200 bytes as JSON. */
export const PAYLOAD = { connection: '6e1f8a0e-0000-4000-a000-00000000abce', text: 'x'.repeat(130) };
export const EVENTS_READ = 20_000;

const event = () => jsonEvent({ type: 'Bench', data: PAYLOAD });

/** How many one round of a workload does. */
export const COUNTS = {
  sequential: 200,
  inFlight64: 8000,
  batched: EVENTS_READ,
  readStream: EVENTS_READ,
  readAll: EVENTS_READ,
};

/** Per second. */
async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((count / (performance.now() - started)) * 1000);
}

/** Events, or appends, per second; in the order in which they have to be measured. */
export const WORKLOADS = {
  sequential: (client: EventStoreDBClient) =>
    rate(COUNTS.sequential, async () => {
      for (let n = 0; n < COUNTS.sequential; n += 1) await client.appendToStream('bench-seq', event());
    }),
  inFlight64: (client: EventStoreDBClient) => {
    let left = COUNTS.inFlight64;
    const writer = async (_: unknown, stream: number): Promise<void> => {
      while (left-- > 0) await client.appendToStream(`bench-${stream}`, event());
    };
    return rate(COUNTS.inFlight64, async () => {
      await Promise.all(Array.from({ length: 64 }, writer));
    });
  },
  batched: (client: EventStoreDBClient) =>
    rate(EVENTS_READ, async () => {
      for (let n = 0; n < EVENTS_READ / 200; n += 1)
        await client.appendToStream('bench-batched', Array.from({ length: 200 }, event));
    }),
  readStream: (client: EventStoreDBClient) =>
    rate(EVENTS_READ, () => count(client.readStream('bench-batched', { maxCount: EVENTS_READ }))),
  readAll: (client: EventStoreDBClient) => rate(EVENTS_READ, () => count(client.readAll({ maxCount: EVENTS_READ }))),
} as const;

export type Workload = keyof typeof WORKLOADS;

async function count(read: AsyncIterable<object>): Promise<void> {
  let seen = 0;
  for await (const one of read) if ('event' in one) seen += 1;
  if (seen < EVENTS_READ) throw new Error(`read ${seen} of ${EVENTS_READ} events`);
}
