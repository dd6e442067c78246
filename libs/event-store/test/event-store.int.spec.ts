import { startTestEventStore, type TestEventStore } from '@mooring/testing';
import { eventStoreConformance } from '../conformance/event-store.conformance.ts';
import { createEventStore } from '../src/index.ts';

describe.each(['catch-up', 'disconnect'] as const)(
  'on a node that answers slow subscribers by: %s',
  (slowSubscribers) => {
    let node: TestEventStore;

    afterAll(() => node[Symbol.asyncDispose]());

    eventStoreConformance(`the store over EventStoreDB's client (${slowSubscribers})`, async () => {
      node = await startTestEventStore({ slowSubscribers });
      return createEventStore({
        connectionString: node.connectionString,
        upcasters: { Renamed: { 1: ({ old, ...rest }) => ({ ...rest, name: old }) } },
      });
    });
  },
);
