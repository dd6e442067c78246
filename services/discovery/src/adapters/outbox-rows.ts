import { ChangesDropped, ClusterErased, ResourcesChanged, type EventType } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import type { Transaction } from 'kysely';
import {
  changedEvent,
  droppedEvent,
  erasedEvent,
  type DropReason,
  type InventoryFact,
} from '../domain/inventory-events.ts';
import { storableJson } from './storable-json.ts';
import type { DiscoveryDatabase } from './tables.ts';
import type { Written } from './write-changes.ts';

/** An event on its way into the outbox. */
interface Outgoing {
  readonly type: EventType;
  readonly fact: InventoryFact;
  readonly event: string;
}

export interface Publisher {
  readonly connectionId: string;
  readonly clusterUid?: string | undefined;
  readonly systemId: string;
  readonly at: Date;
}

/** Puts events into the outbox; the caller holds the lock on their cluster's row, and counts its batches up. */
async function put(tx: Transaction<DiscoveryDatabase>, outgoing: readonly Outgoing[]): Promise<void> {
  if (outgoing.length === 0) return;
  await tx
    .insertInto('inventory_outbox')
    .values(
      outgoing.map(({ type, fact, event }) => ({
        ...{ connection_id: fact.connectionId, batch: fact.batch, event_id: fact.eventId },
        ...{ type: type.type, event, bytes: Buffer.byteLength(event), created_at: fact.at },
      })),
    )
    .execute();
}

/** What was done, as events of at most 256 KiB, numbered on from `batch`. Gives the number of the last one. */
export async function putChanges(
  tx: Transaction<DiscoveryDatabase>,
  written: readonly Written[],
  published: readonly string[],
  publisher: Publisher,
  batch: bigint,
): Promise<bigint> {
  const batches = Map.groupBy(written, (one) => one.batch);
  const outgoing = [...batches].map(([place, ones]) => {
    const fact = { ...publisher, batch: batch + BigInt(place), eventId: randomUuid() };
    const changes = ones.map((one) => textOf(one, published[one.n] ?? ''));
    return { type: ResourcesChanged, fact, event: changedEvent(fact, changes) };
  });
  await put(tx, outgoing);
  return batch + BigInt(batches.size);
}

function textOf({ op, kind, namespace, name }: Written, published: string): string {
  if (op !== 'removed') return published;
  const rest = storableJson({ kind, ...(namespace === '' ? {} : { namespace }), name });
  return `${published.slice(0, -1)},${rest.slice(1)}`;
}

/** Tells listeners that they missed something. */
export async function putDropped(
  tx: Transaction<DiscoveryDatabase>,
  publishers: readonly (Publisher & { readonly batch: bigint })[],
  reason: DropReason,
): Promise<void> {
  await put(
    tx,
    publishers.map((publisher) => {
      const fact = { ...publisher, eventId: randomUuid() };
      return { type: ChangesDropped, fact, event: droppedEvent(fact, reason) };
    }),
  );
}

export async function putErased(
  tx: Transaction<DiscoveryDatabase>,
  publisher: Publisher & { readonly batch: bigint },
): Promise<void> {
  const fact = { ...publisher, eventId: randomUuid() };
  await put(tx, [{ type: ClusterErased, fact, event: erasedEvent(fact) }]);
}
