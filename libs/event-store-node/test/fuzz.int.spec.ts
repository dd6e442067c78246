import { jest } from '@jest/globals';
import fc from 'fast-check';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { EventStoreNode } from '../src/node.ts';
import { createEventStoreNode } from '../src/node.ts';
import { createRawClient, type RawCall } from './raw-calls.ts';
import { appendRequests, batchRequests, deleteRequest, readRequest, tombstoneRequest } from './tape/requests.ts';
import { Names } from './tape/names.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const STREAMS = '/event_store.client.streams.Streams';
const RUNS = Number(process.env['EVENTSTORE_FUZZ_RUNS'] ?? 400);

const names = new Names('fuzz', 'fuzz');
const append = { stream: 's', expect: 'any', events: [{ id: 'a' }, { id: 'b' }] } as const;
const bytes = (messages: readonly { serializeBinary(): Uint8Array }[]): Buffer[] =>
  messages.map((message) => Buffer.from(message.serializeBinary()));

/** Requests that are right, to be made wrong. */
const RIGHT: readonly (readonly [path: string, messages: readonly Buffer[]])[] = [
  [`${STREAMS}/Append`, bytes(appendRequests(append, names))],
  [
    `${STREAMS}/BatchAppend`,
    bytes(batchRequests({ ...append, chunk: 1 }, '6e1f8a0e-0000-4000-a000-00000000abce', names)),
  ],
  [`${STREAMS}/Delete`, bytes([deleteRequest(append, names)])],
  [`${STREAMS}/Tombstone`, bytes([tombstoneRequest({ stream: 'gone', expect: 'any' }, names)])],
  [`${STREAMS}/Read`, bytes([readRequest({ stream: 's' }, false, names)])],
  [`${STREAMS}/Read`, bytes([readRequest({ all: true, filter: { on: 'stream', regex: '^f' } }, true, names)])],
  [`${STREAMS}/Read`, bytes([readRequest({ all: true, from: 64, count: '18446744073709551615' }, false, names)])],
  ['/event_store.client.server_features.ServerFeatures/GetSupportedMethods', [Buffer.alloc(0)]],
  ['/event_store.client.persistent_subscriptions.PersistentSubscriptions/Read', [Buffer.alloc(0)]],
  ['/event_store.client.users.Users/Create', [Buffer.alloc(0)]],
  ['/no.such.Service/Method', [Buffer.alloc(0)]],
];

interface Damage {
  readonly at: number;
  readonly byte: number;
  readonly how: 'replace' | 'insert' | 'cut';
}

const damaged = (message: Buffer, { at, byte, how }: Damage): Buffer => {
  const place = message.length === 0 ? 0 : at % message.length;
  if (how === 'cut') return message.subarray(0, place);
  const rest = message.subarray(how === 'insert' ? place : place + 1);
  return Buffer.concat([message.subarray(0, place), Buffer.from([byte]), rest]);
};

const damage = fc.record({
  at: fc.nat({ max: 10_000 }),
  byte: fc.nat({ max: 255 }),
  how: fc.constantFrom('replace' as const, 'insert' as const, 'cut' as const),
});

const rawCall: fc.Arbitrary<RawCall> = fc
  .record({
    right: fc.constantFrom(...RIGHT),
    damages: fc.array(damage, { maxLength: 4 }),
    garbage: fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 2 }),
    repeat: fc.integer({ min: 1, max: 3 }),
    end: fc.constantFrom('half-close' as const, 'half-close' as const, 'cancel' as const, 'leave' as const),
  })
  .map(({ right: [path, messages], damages, garbage, repeat, end }) => ({
    path,
    end,
    messages: [
      ...Array.from({ length: repeat }, () => messages.map((message) => damages.reduce(damaged, message))).flat(),
      ...garbage.map((one) => Buffer.from(one)),
    ],
  }));

const metric = async (node: EventStoreNode, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'mu').exec(text)?.[1]);
};

it(
  'whatever is sent gets a gRPC status, nothing is left open, and everybody else is served',
  async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path });
    using raw = createRawClient(`127.0.0.1:${node.port}`);
    const client = EventStoreDBClient.connectionString(node.connectionString);
    let served = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(rawCall, { minLength: 1, maxLength: 8 }), async (calls) => {
        const outcomes = await Promise.all(calls.map((call) => raw.call(call)));
        for (const { code } of outcomes) expect(code ?? 0).toBeLessThanOrEqual(16);
        await client.appendToStream('served', jsonEvent({ type: 'T', data: {} }));
        served += 1;
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
    let seen = 0;
    for await (const { event } of client.readStream('served')) if (event !== undefined) seen += 1;
    expect(seen).toBe(served);
    void client.dispose();
    // One append call of the client's own may stay open.
    const gauges = ['event_store_open_calls', 'event_store_subscriptions', 'event_store_bytes_in_flight'];
    const end = Date.now() + 20_000;
    let open = [NaN];
    while (open.some((count) => count !== 0) && Date.now() < end)
      open = await Promise.all(gauges.map((name) => metric(node, name)));
    expect(open).toEqual([0, 0, 0]);
  },
  30_000 + RUNS * 50,
);
