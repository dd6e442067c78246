import { Failure } from '@mooring/kernel';
import type { HeldMessage, OutboxStore } from '@mooring/messaging';
import type { Database } from '@mooring/read-model';
import { sql, type Transaction } from 'kysely';
import type { DropReason } from '../domain/inventory-events.ts';
import { dropWaiting } from './drop-waiting.ts';
import type { DiscoveryDatabase } from './tables.ts';

type Tx = Transaction<DiscoveryDatabase>;

export interface OutboxDeps {
  readonly db: Database<DiscoveryDatabase>;
  readonly systemId: string;
  readonly now?: () => Date;
}

/** How much waits to be published, and since when. */
export interface Backlog {
  readonly messages: number;
  readonly bytes: number;
  readonly oldestAt: Date | undefined;
}

/** What the inventory has to tell, in the tables that it is written in. */
export interface InventoryOutbox extends OutboxStore {
  backlog(): Promise<Backlog>;
  /**
   * Where more than `bytesMax` wait, what waits of the clusters with most is dropped until no more than that does, and listeners are told by one
   * event for each of them. Gives the number of events that were dropped. That a cluster is erased is never dropped.
   */
  bound(bytesMax: number): Promise<number>;
}

export function createInventoryOutbox({ db, systemId, now = () => new Date() }: OutboxDeps): InventoryOutbox {
  const drop = (tx: Tx, connectionId: string, after: bigint, reason: DropReason): Promise<number> =>
    dropWaiting(tx, { connectionId, after, reason, systemId, at: now() });

  const takeOut = async (tx: Tx, held: readonly HeldMessage[]): Promise<readonly HeldMessage[]> => {
    if (held.length === 0) return [];
    const given = JSON.stringify(held.map(({ id, subject, number }) => ({ id, subject, number: number.toString() })));
    const { rows } = await sql<{ id: string }>`
      delete from inventory_outbox as waiting
      using jsonb_to_recordset(${given}::jsonb) as given (id uuid, subject uuid, number bigint)
      where waiting.connection_id = given.subject and waiting.batch = given.number and waiting.event_id = given.id
      returning waiting.event_id as id`.execute(tx);
    await notePublished(tx, held, now());
    const known = new Set(rows.map(({ id }) => id));
    return held.filter(({ id }) => !known.has(id));
  };

  return {
    async position() {
      const { last_sequence } = await db
        .selectFrom('inventory_stream')
        .select('last_sequence')
        .executeTakeFirstOrThrow();
      return Number(last_sequence);
    },
    async waiting(inHand, max) {
      const rows = await db
        .selectFrom('inventory_outbox')
        .select(['id', 'event_id', 'type', 'connection_id', 'batch', 'event'])
        .where(sql<boolean>`id <> all(${inHand.map(String)}::bigint[])`)
        .orderBy('id')
        .limit(max)
        .execute();
      return rows.map(({ id, event_id, type, connection_id, batch, event }) => ({
        ...{ place: id, id: event_id, type, subject: connection_id, number: batch },
        data: encoder.encode(event),
      }));
    },
    take: (held, from, to) =>
      db.transaction().execute(async (tx) => {
        await moveOn(tx, from, to);
        await takeOut(tx, held);
      }),
    recognise: (found, from, to) =>
      db.transaction().execute(async (tx) => {
        await moveOn(tx, from, to);
        const unknown = await takeOut(tx, found.filter(isOurs));
        const last = new Map(unknown.map(({ subject, number }) => [subject, number]));
        for (const connectionId of [...last.keys()].sort())
          await drop(tx, connectionId, last.get(connectionId) ?? 0n, 'inventory-restored');
      }),
    lost: (from, to) =>
      db.transaction().execute(async (tx) => {
        await moveOn(tx, from, to);
        const lost = await tx
          .updateTable('inventory_published')
          .set({ sequence: BigInt(to) })
          .where('sequence', '>', BigInt(to))
          .returning(['connection_id', 'batch'])
          .execute();
        for (const { connection_id, batch } of lost.toSorted(byConnection))
          await drop(tx, connection_id, batch, 'stream-lost');
      }),
    async backlog() {
      const { messages, bytes, oldestAt } = await db
        .selectFrom('inventory_outbox')
        .select(({ fn }) => [
          fn.countAll<bigint>().as('messages'),
          fn.coalesce(fn.sum<bigint>('bytes'), sql<bigint>`0`).as('bytes'),
          sql<Date | null>`min(created_at)`.as('oldestAt'),
        ])
        .executeTakeFirstOrThrow();
      return { messages: Number(messages), bytes: Number(bytes), oldestAt: oldestAt ?? undefined };
    },
    async bound(bytesMax) {
      let dropped = 0;
      for (;;) {
        const { rows } = await sql<{ connection_id: string; total: bigint }>`
          select connection_id, (sum(sum(bytes)) over ())::bigint as total from inventory_outbox
          group by connection_id order by sum(bytes) desc limit 1`.execute(db);
        const [most] = rows;
        if (most === undefined || most.total <= bytesMax) return dropped;
        const gone = await db.transaction().execute((tx) => drop(tx, most.connection_id, 0n, 'outbox-full'));
        dropped += gone;
        // What is left are the events that tell of it.
        if (gone <= 1) return dropped;
      }
    },
  };
}

const encoder = new TextEncoder();

const byConnection = (a: { connection_id: string }, b: { connection_id: string }): number =>
  a.connection_id < b.connection_id ? -1 : 1;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Somebody else's message in the stream is looked past. */
const isOurs = ({ id, subject }: HeldMessage): boolean => UUID.test(id) && UUID.test(subject);

async function moveOn(tx: Tx, from: number, to: number): Promise<void> {
  if (from === to) return;
  const { numUpdatedRows } = await tx
    .updateTable('inventory_stream')
    .set({ last_sequence: BigInt(to) })
    .where('last_sequence', '=', BigInt(from))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Failure('conflict', 'another instance publishes what the inventory has to tell');
}

async function notePublished(tx: Tx, held: readonly HeldMessage[], at: Date): Promise<void> {
  const last = new Map(held.map((message) => [message.subject, message]));
  const given = [...last.values()].map(({ subject, number, sequence }) => ({
    subject,
    number: number.toString(),
    sequence,
  }));
  await sql`
    insert into inventory_published (connection_id, batch, sequence, at)
    select subject, number, sequence, ${at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (subject uuid, number bigint, sequence bigint)
    order by subject
    on conflict (connection_id) do update set batch = excluded.batch, sequence = excluded.sequence, at = excluded.at`.execute(
    tx,
  );
}
