import { createEventStore, type EventStore } from '@mooring/event-store';
import { connectBus, listDeadLetters } from '@mooring/messaging';
import { openDatabase, type Database } from '@mooring/read-model';
import { SPINE_SERVICES, type SpineService } from '../faults/fault.ts';
import type { BusAccess } from '../load/bus-readers.ts';
import type { Installation } from './installation.ts';
import type { Addresses } from './ways.ts';

/** What is behind the API: the stores, opened as the services open them. */
export interface BackDoors extends AsyncDisposable {
  readonly store: EventStore;
  database(service: SpineService): Database<Record<string, never>>;
  /** For a reader that the installation was started with. */
  busOf(reader: string): BusAccess;
  /** What services gave up on, in words. */
  deadLetters(): Promise<readonly string[]>;
}

export function openBackDoors(installation: Installation, addresses: Addresses): BackDoors {
  const store = createEventStore({ connectionString: addresses.connections['event-store'] });
  const databases = new Map(
    SPINE_SERVICES.map((service) => [
      service,
      openDatabase<Record<string, never>>({ url: addresses[service].postgres, applicationName: 'chaos', poolMax: 2 }),
    ]),
  );
  const url = addresses.connections.nats;
  return {
    store,
    database(service) {
      const database = databases.get(service);
      if (database === undefined) throw new Error(`${service} has no database`);
      return database;
    },
    busOf: (reader) => ({ url, seed: installation.secret(`nats-reader-${reader}.seed`) }),
    async deadLetters() {
      const seed = installation.secret('nats-operator.seed');
      await using bus = await connectBus({ servers: url, name: 'operator', user: { seed } });
      const letters = await listDeadLetters(bus);
      return letters.map(({ consumer, subject, reason }) => `${consumer} gave up ${subject}: ${reason}`);
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      for (const database of databases.values()) await database[Symbol.asyncDispose]();
    },
  };
}
