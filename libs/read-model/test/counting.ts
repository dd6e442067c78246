import { createAggregate, createInMemoryEventStore, handleCommand, type EventStore } from '@mooring/event-store';
import { ok, randomUuid } from '@mooring/kernel';
import type { Kysely } from 'kysely';
import type { Projection } from '../src/index.ts';

/** A projection to test with: how often each thing was counted, and its last number. */
export interface CountingTables {
  readonly counts: { readonly id: string; readonly events: number; readonly last: number };
}

type Counted = { readonly type: 'Counted'; readonly data: { readonly n: number } };

const thing = createAggregate<number, Counted>({
  category: 'thing',
  initial: 0,
  evolve: (_, { data }) => data.n,
  schemaVersion: 1,
});

/** Counts `times` more on one thing; gives the position of the last event. */
export async function count(store: EventStore, id: string, times = 1): Promise<bigint> {
  const outcome = await handleCommand(store, thing, id, { correlationId: randomUuid(), systemId: 'test' }, (n) =>
    ok(Array.from({ length: times }, (_, i) => ({ type: 'Counted' as const, data: { n: n + i + 1 } }))),
  );
  return outcome.ok ? (outcome.value.position ?? 0n) : 0n;
}

export function countingProjection(version = 1, factor = 1): Projection<CountingTables> {
  return {
    name: 'counting',
    version,
    prefixes: ['thing-'],
    async create(tx) {
      await tx.schema
        .createTable('counts')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('events', 'integer', (column) => column.notNull())
        .addColumn('last', 'integer', (column) => column.notNull())
        .execute();
    },
    async apply(tx, events) {
      for (const { streamName, data } of events) {
        const last = Number(data['n']) * factor;
        await tx
          .insertInto('counts')
          .values({ id: streamName, events: 1, last })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet((eb) => ({ events: eb('counts.events', '+', 1), last })),
          )
          .execute();
      }
    },
  };
}

export const readCounts = (db: Kysely<CountingTables>) =>
  db.withSchema('counting').selectFrom('counts').selectAll().orderBy('id').execute();

export const openMemoryStore = (): EventStore => createInMemoryEventStore();
