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

/** Connections that take turns, so that no two commands under way concern the same one. */
const CONNECTIONS = 1_000;

interface Known {
  readonly id: string;
  revision: bigint;
}

const newConnections = (): readonly Known[] =>
  Array.from({ length: CONNECTIONS }, () => ({ id: randomUuid(), revision: -1n }));

/** Gives the connections one after the other, for ever. */
function takingTurns(known: readonly Known[]): () => Known {
  let turn = 0;
  return () => {
    const next = known[turn % known.length];
    turn += 1;
    if (next === undefined) throw new Error('there are no connections');
    return next;
  };
}

/**
 * Commands, decided and appended, against the bare client that only appends the same events at the same width and with the same
 * revisions. `decide` gives a ready event: what is measured is the way through the library. The first command of a process
 * on a connection has to read its stream; those after it do not.
 */
export const commands: Row = {
  name: 'commands',
  eventsDefault: 4_000,
  async run({ events }) {
    await using node = await startTestEventStore();
    await using store = createEventStore({ connectionString: node.connectionString });
    const client = EventStoreDBClient.connectionString(node.connectionString);

    const command = async (id: string): Promise<void> => {
      const context = { correlationId: randomUuid(), systemId: SYSTEM_ID };
      await handleCommand(store, connections, id, context, () => ok([enteredEvent(id)]));
    };
    const append = async (known: Known): Promise<void> => {
      const { id: eventId, type, data, metadata } = newConnection(known.id);
      const event = jsonEvent({ id: eventId, type, data: { ...data }, metadata: { ...metadata } });
      const expectedRevision = known.revision === -1n ? 'no_stream' : known.revision;
      await client.appendToStream(`connection-${known.id}`, event, { expectedRevision });
      known.revision += 1n;
    };
    const nextKnown = takingTurns(newConnections());
    const nextRaw = takingTurns(newConnections());
    const atOnce = (work: () => Promise<void>, count = events) => timed(count, () => inFlight(count, WIDTH, work));
    const onKnown = () => atOnce(() => command(nextKnown().id));
    const raw = () => atOnce(() => append(nextRaw()));
    try {
      // Until every connection is known, which is before anything counts.
      await atOnce(() => command(nextKnown().id), CONNECTIONS);
      const again = await compare(ROUNDS, onKnown, raw);
      const first = await compare(ROUNDS, () => atOnce(() => command(randomUuid())), raw);
      const row = { row: 'commands', unit: 'events', baselineIs: 'raw appends' };
      return {
        measurements: [
          { ...row, what: `decide and append; ${WIDTH} at once`, ...again, goal: { ratioMin: 0.6 } },
          { ...row, what: 'the first on a stream: read before', ...first },
        ],
      };
    } finally {
      await client.dispose();
    }
  },
};
