import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { createAggregate, createEventStore, handleCommand, type DomainEvent } from '@mooring/event-store';
import { ok, randomUuid } from '@mooring/kernel';
import { startTestEventStore } from '@mooring/testing';
import { compare, timed } from '../compare.ts';
import { inFlight } from '../in-flight.ts';
import { ROUNDS, type Row } from '../row.ts';
import { enteredEvent, newConnection, SYSTEM_ID } from '../sample-events.ts';

/** Commands, and raw appends, under way at once. */
const WIDTH = 64;

const connections = createAggregate<number, DomainEvent>({
  category: 'connection',
  initial: 0,
  evolve: (count) => count + 1,
  schemaVersion: 1,
});

/**
 * Commands on connections of their own, each read, decided and appended, against the bare client that only appends the same
 * events at the same width. `decide` gives a ready event: what is measured is the way through the library.
 */
export const commands: Row = {
  name: 'commands',
  eventsDefault: 4_000,
  async run({ events }) {
    await using node = await startTestEventStore();
    await using store = createEventStore({ connectionString: node.connectionString });
    const client = EventStoreDBClient.connectionString(node.connectionString);

    const command = async (): Promise<void> => {
      const id = randomUuid();
      const context = { correlationId: randomUuid(), systemId: SYSTEM_ID };
      await handleCommand(store, connections, id, context, () => ok([enteredEvent(id)]));
    };
    const append = async (): Promise<void> => {
      const id = randomUuid();
      const { id: eventId, type, data, metadata } = newConnection(id);
      const event = jsonEvent({ id: eventId, type, data: { ...data }, metadata: { ...metadata } });
      await client.appendToStream(`connection-${id}`, event, { expectedRevision: 'no_stream' });
    };
    const atOnce = (work: () => Promise<void>) => () => timed(events, () => inFlight(events, WIDTH, work));
    try {
      const rates = await compare(ROUNDS, atOnce(command), atOnce(append));
      return {
        measurements: [
          {
            ...{ row: 'commands', what: `read, decide, append; ${WIDTH} at once`, unit: 'events', ...rates },
            ...{ baselineIs: 'raw appends', goal: { ratioMin: 0.6 } },
          },
        ],
      };
    } finally {
      await client.dispose();
    }
  },
};
