import { jest } from '@jest/globals';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { createEventStoreNode, type EventStoreNode } from '../src/node.ts';
import type { Limits } from '../src/grpc/node-context.ts';
import { createRawClient } from './raw-calls.ts';
import { Names } from './tape/names.ts';
import { batchRequests, readRequest } from './tape/requests.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const STREAMS = '/event_store.client.streams.Streams';
const RESOURCE_EXHAUSTED = 8;
const names = new Names('limits', 'limits');

async function withNode(
  limits: Partial<Limits>,
  test: (node: EventStoreNode, client: EventStoreDBClient) => Promise<void>,
) {
  using folder = temporaryFolder();
  await using node = await createEventStoreNode({ dataFolder: folder.path, limits });
  const client = EventStoreDBClient.connectionString(node.connectionString);
  // Whatever the others do: this one is served.
  await client.appendToStream('before', jsonEvent({ type: 'T', data: {} }));
  await test(node, client);
  await client.appendToStream('after', jsonEvent({ type: 'T', data: {} }));
  void client.dispose();
}

describe('over a limit there is a clear error, and everybody else is served', () => {
  it('of one message', () =>
    withNode({}, async (node) => {
      using raw = createRawClient(`127.0.0.1:${node.port}`);
      const messages = [Buffer.alloc(17 * 1024 * 1024)];
      const { code } = await raw.call({ path: `${STREAMS}/Append`, messages, end: 'half-close' }, 5000);
      expect(code).toBe(RESOURCE_EXHAUSTED);
    }));

  it('of open calls', () =>
    withNode({ openCallsMax: 5 }, async (node) => {
      using raw = createRawClient(`127.0.0.1:${node.port}`);
      const messages = [Buffer.from(readRequest({ stream: 's' }, true, names).serializeBinary())];
      const calls = Array.from({ length: 8 }, () =>
        raw.call({ path: `${STREAMS}/Read`, messages, end: 'half-close' }, 500),
      );
      const codes = (await Promise.all(calls)).map(({ code }) => code);
      // One is the client's own call for its appends.
      expect(codes.filter((code) => code === RESOURCE_EXHAUSTED)).toHaveLength(4);
      expect(codes.filter((code) => code === undefined)).toHaveLength(4);
    }));

  it('of what is in flight in all calls together, until it is answered', () =>
    withNode({ nodeBytesInFlightMax: 500_000 }, async (node, client) => {
      using raw = createRawClient(`127.0.0.1:${node.port}`);
      const part = {
        stream: 's',
        expect: 'any',
        neverFinal: true,
        events: [{ id: 'a', data: { repeat: 400_000 } }],
      } as const;
      const chunk = (correlation: string) =>
        Buffer.from(batchRequests(part, correlation, names)[0]?.serializeBinary() ?? []);
      const correlations = ['6e1f8a0e-0000-4000-a000-00000000abc1', '6e1f8a0e-0000-4000-a000-00000000abc2'];
      const left = raw.call(
        { path: `${STREAMS}/BatchAppend`, messages: correlations.map(chunk), end: 'half-close' },
        6000,
      );
      const large = (): Promise<unknown> =>
        client.appendToStream('large', binaryEvent({ type: 'T', data: Buffer.alloc(300_000) }));
      // The first holds what there is until its deadline; the second is refused at once.
      const { code, responses } = await left;
      expect(code).toBe(0);
      expect(responses).toHaveLength(2);
      await large();
    }));

  it('of one call: it is not read from, and goes on when there is room', () =>
    withNode({ callBytesInFlightMax: 100_000 }, async (_node, client) => {
      const event = () => binaryEvent({ type: 'T', data: Buffer.alloc(50_000) });
      const appends = Array.from({ length: 40 }, (_, n) => client.appendToStream(`stream-${n}`, event()));
      expect(await Promise.all(appends)).toHaveLength(40);
    }));
});

it('what is not served is answered UNIMPLEMENTED, with a sentence', () =>
  withNode({}, async (node) => {
    using raw = createRawClient(`127.0.0.1:${node.port}`);
    const message = { messages: [Buffer.alloc(0)], end: 'half-close' } as const;
    const paths = [
      '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Read',
      '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create',
      '/event_store.client.projections.Projections/Create',
      '/event_store.client.users.Users/Create',
      '/event_store.client.gossip.Gossip/Read',
    ];
    for (const path of paths) {
      const { code, details } = await raw.call({ path, ...message });
      expect([path, code]).toEqual([path, 12]);
      expect(details).toMatch(/\w+ \w+ \w+/u);
    }
  }));
