import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourceChange } from '@mooring/cluster-watch';
import { decodeCloudEvent, parseKnown, type CloudEvent, type PublishedChange } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { connectBus, provision, topology, type Bus } from '@mooring/messaging';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { createLogger } from '@mooring/service-host';
import { eventually, startTestNats, startTestPostgres, type TestNats, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { createInventory, type Inventory, type Writer } from '../src/adapters/inventory.ts';
import { createInventoryOutbox, type InventoryOutbox } from '../src/adapters/inventory-outbox.ts';
import { forgetErased } from '../src/adapters/keep-inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';
import { createInventoryKeeper } from '../src/reconcile/inventory-keeper.ts';

interface Batch {
  readonly connectionId: string;
  readonly batch: number;
  readonly reason?: string;
  readonly changes?: readonly PublishedChange[];
}

const HOUR_MS = 3_600_000;
const AT = new Date('2026-11-21T10:00:00Z');
const systemId = randomUuid();
const log = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });

let postgres: TestPostgres;
let nats: TestNats;
let bus: Bus;
let db: Database<DiscoveryDatabase>;
let inventory: Inventory;
let outbox: InventoryOutbox;
/** Everything a plain subscriber of the stream was given. */
const heard: { readonly event: CloudEvent<Batch>; readonly bytes: number; readonly subject: string }[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  nats = await startTestNats();
  bus = await connectBus({ servers: nats.url, name: 'test' });
  await provision(bus, topology());
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
  await migrate(db, migrations);
  inventory = createInventory({ db, systemId });
  outbox = createInventoryOutbox({ db, systemId });
  bus.connection.subscribe('events.inventory.>', {
    callback(error, message) {
      if (error !== null) return;
      const event = decodeCloudEvent(message.data);
      expect(parseKnown(event)).toBe('known');
      heard.push({ event: event as CloudEvent<Batch>, bytes: message.data.length, subject: message.subject });
    },
  });
  await bus.connection.flush();
}, 60_000);

afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
}, 60_000);

function startKeeper(outboxBytesMax = 64 * 1024 ** 2) {
  const stopping = new AbortController();
  const keeper = createInventoryKeeper({
    ...{ db, bus, outbox, log, outboxBytesMax, graceMs: 3_600_000, everyMs: 50 },
    changes: { ageMsMax: Number.MAX_SAFE_INTEGER / 2 ** 20, rowsMax: 1_000_000 },
  });
  const ended = keeper.run(stopping.signal);
  return {
    state: () => keeper.state(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}

const upsert = (name: string, hash = `hash of ${name}`, extra: object = {}) =>
  ({
    op: 'upsert',
    type: 'things.example.com',
    hash,
    record: {
      kind: 'Thing',
      uid: `uid of ${name}`,
      apiVersion: 'example.com/v1',
      namespace: 'shop',
      name,
      labels: {},
      ...extra,
    },
  }) as ResourceChange;

const remove = (name: string): ResourceChange => ({ op: 'delete', type: 'things.example.com', uid: `uid of ${name}` });

async function begun(): Promise<Writer> {
  const writer = { connectionId: randomUuid(), epoch: 1 };
  await inventory.takeOver(writer);
  return writer;
}

/** Its connection is deleted: nothing of its cluster is kept any more. */
async function deleted({ connectionId }: Writer): Promise<void> {
  await sql`insert into desired_connection
      (connection_id, name, state, intent, decision, sequence, withdrawn, mode, credentials, cause, version, erased)
    values (${connectionId}, 'gone', 'deleted', 'none', 1, 1, false, 'gone', '[]', '{}', 1, true)`.execute(db);
  await inventory.erase(connectionId);
}

async function loseStream(): Promise<void> {
  await bus.connection.request('$JS.API.STREAM.DELETE.INVENTORY', '', { timeout: 2_000 });
  await provision(bus, topology());
}

const rowsOf = (
  table: 'resource' | 'relation' | 'resource_change' | 'inventory_outbox' | 'inventory_published',
  { connectionId }: Writer,
) => db.selectFrom(table).selectAll().where('connection_id', '=', connectionId).execute();

const heardOf = ({ connectionId }: Pick<Writer, 'connectionId'>) =>
  heard.map(({ event }) => event).filter(({ subject }) => subject === connectionId);

const short = (events: readonly CloudEvent<Batch>[]) =>
  events.map(
    ({ type, data }) => `${data.batch} ${type.split('.')[4]}${data.reason === undefined ? '' : ` ${data.reason}`}`,
  );

const published = () => eventually(async () => (await outbox.backlog()).messages === 0, { timeoutMs: 20_000 });

/** Starts a keeper, does this beside it, and ends it when everything is published. */
async function publishAll(work: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  await using keeper = startKeeper();
  await eventually(() => keeper.state().ready);
  await work();
  await published();
}

/** What somebody knows who only listens. */
function folded(events: readonly CloudEvent<Batch>[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const change of events.flatMap(({ data }) => data.changes ?? []))
    if (change.op === 'upsert') known.set(change.uid, change.hash);
    else known.delete(change.uid);
  return known;
}

async function kept({ connectionId }: Writer): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('resource')
    .select(['uid', 'hash'])
    .where('connection_id', '=', connectionId)
    .execute();
  return new Map(rows.map(({ uid, hash }) => [uid, hash]));
}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe('what the inventory tells', () => {
  it('makes whoever listens know the same, in numbered batches of at most 256 KiB', async () => {
    await using keeper = startKeeper();
    await eventually(() => keeper.state().ready);
    const writers = [await begun(), await begun()];
    const text = 'x'.repeat(2_000);
    for (let round = 0; round < 3; round += 1)
      for (const writer of writers) {
        const names = Array.from({ length: 400 }, (_none, index) => `thing ${round * 100 + index}`);
        await inventory.apply(
          writer,
          names.map((name) => upsert(name, `${round} ${name}`, { text })),
          AT,
        );
        await inventory.apply(writer, names.slice(0, 50).map(remove), AT);
      }
    await published();
    for (const writer of writers) {
      const events = heardOf(writer);
      expect(events.map(({ data }) => data.batch)).toEqual(events.map((_event, index) => index + 1));
      expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_event, index) => index + 1));
      expect(sorted(folded(events))).toEqual(sorted(await kept(writer)));
    }
    expect(Math.max(...heard.map(({ bytes }) => bytes))).toBeLessThanOrEqual(256 * 1024);
    expect(new Set(heard.map(({ event }) => event.id)).size).toBe(heard.length);
  }, 60_000);

  it('names what went', async () => {
    await using keeper = startKeeper();
    await eventually(() => keeper.state().ready);
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await inventory.apply(writer, [remove('a'), upsert('b')], AT);
    await published();
    expect(heardOf(writer).at(-1)?.data.changes).toEqual([
      { op: 'delete', type: 'things.example.com', uid: 'uid of a', kind: 'Thing', namespace: 'shop', name: 'a' },
      expect.objectContaining({ op: 'upsert', uid: 'uid of b', record: expect.objectContaining({ name: 'b' }) }),
    ]);
  });

  it('is neither lost nor repeated while NATS is killed and the publisher changes', async () => {
    const writer = await begun();
    for (let round = 0; round < 3; round += 1) {
      await using keeper = startKeeper();
      await eventually(() => keeper.state().ready);
      for (let index = 0; index < 30; index += 1)
        await inventory.apply(writer, [upsert(`a ${index}`, `${round} ${index}`)], AT);
      if (round !== 1) continue;
      await nats.crash();
      for (let index = 0; index < 30; index += 1)
        await inventory.apply(writer, [upsert(`b ${index}`, `${round} ${index}`)], AT);
      await nats.restart();
      await published();
    }
    await publishAll();
    await eventually(() => {
      const numbers = heardOf(writer).map(({ data }) => data.batch);
      // A plain subscriber misses what was stored in the moment of the crash; nothing comes twice or out of order.
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect(numbers.at(-1)).toBe(120);
    });
  }, 60_000);

  it('says so when too much would have to wait', async () => {
    const [loud, quiet] = [await begun(), await begun()];
    await inventory.apply(quiet, [upsert('a')], AT);
    for (let index = 0; index < 20; index += 1)
      await inventory.apply(loud, [upsert('a', `${index}`, { text: 'x'.repeat(10_000) })], AT);
    expect(await outbox.bound(100_000)).toBe(20);
    await inventory.apply(loud, [upsert('a', 'last')], AT);
    await publishAll();
    await eventually(() => {
      expect(short(heardOf(loud))).toEqual(['21 dropped outbox-full', '22 changed']);
      expect(short(heardOf(quiet))).toEqual(['1 changed']);
    });
  });

  it('says so when the stream lost what it had', async () => {
    const [writer, other] = [await begun(), await begun()];
    await publishAll(() => inventory.apply(writer, [upsert('a')], AT));
    await loseStream();
    await inventory.apply(other, [upsert('a')], AT);
    await publishAll();
    await eventually(() => {
      expect(short(heardOf(writer))).toEqual(['1 changed', '2 dropped stream-lost']);
      expect(short(heardOf(other))).toEqual(['1 changed']);
    });
  });

  it('says so when the inventory was put back to an older copy', async () => {
    const writer = await begun();
    await publishAll(() => inventory.apply(writer, [upsert('a')], AT));
    const cluster = await db
      .selectFrom('cluster')
      .selectAll()
      .where('connection_id', '=', writer.connectionId)
      .executeTakeFirstOrThrow();
    const stream = await db.selectFrom('inventory_stream').selectAll().executeTakeFirstOrThrow();
    await publishAll(async () => {
      for (const name of ['b', 'c', 'd']) await inventory.apply(writer, [upsert(name)], AT);
    });
    await db
      .updateTable('cluster')
      .set({ batch: cluster.batch })
      .where('connection_id', '=', writer.connectionId)
      .execute();
    await db.updateTable('inventory_stream').set({ last_sequence: stream.last_sequence }).execute();
    // Under a number that was used before.
    await inventory.apply(writer, [upsert('e')], AT);
    await publishAll();
    await eventually(() =>
      expect(short(heardOf(writer))).toEqual([
        '1 changed',
        '2 changed',
        '3 changed',
        '4 changed',
        '5 dropped inventory-restored',
      ]),
    );
  });

  it('leaves out a number when the whole database was lost', async () => {
    const writer = await begun();
    await using keeper = startKeeper();
    await eventually(() => keeper.state().ready);
    await inventory.apply(writer, [upsert('a'), upsert('b')], AT);
    await published();
    await db.deleteFrom('resource').where('connection_id', '=', writer.connectionId).execute();
    await db.deleteFrom('cluster').where('connection_id', '=', writer.connectionId).execute();
    await inventory.takeOver(writer);
    await inventory.apply(writer, [upsert('a')], AT);
    await published();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['1 changed', '3 changed']));
  });

  it('ends with the connection, and nothing of it is left but, for a day, its last number', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await deleted(writer);
    {
      await using keeper = startKeeper();
      await eventually(() => keeper.state().ready);
      await published();
      await eventually(() => expect(short(heardOf(writer))).toEqual(['2 erased']));
    }
    for (const table of ['resource', 'relation', 'resource_change', 'inventory_outbox'] as const)
      expect(await rowsOf(table, writer)).toEqual([]);
    await forgetErased(db, new Date(Date.now() + 23 * HOUR_MS));
    expect(await rowsOf('inventory_published', writer)).toEqual([expect.objectContaining({ batch: 2n })]);
    await forgetErased(db, new Date(Date.now() + 25 * HOUR_MS));
    expect(await rowsOf('inventory_published', writer)).toEqual([]);
  });
});

describe('the last word about a cluster', () => {
  it('is told again when the stream lost it', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await deleted(writer);
    await publishAll();
    await forgetErased(db, new Date());
    await loseStream();
    await publishAll();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['2 erased', '3 erased']));
  });

  it('still comes when the stream loses what was before it', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await publishAll();
    await deleted(writer);
    await loseStream();
    await publishAll();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['1 changed', '2 erased']));
  });

  it('is never dropped for want of room', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await deleted(writer);
    expect(await outbox.bound(0)).toBe(0);
    await publishAll();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['2 erased']));
  });

  it('has a number that nobody has heard yet when the inventory was put back before it was erased', async () => {
    const writer = await begun();
    await publishAll(() => inventory.apply(writer, [upsert('a')], AT));
    const stream = await db.selectFrom('inventory_stream').selectAll().executeTakeFirstOrThrow();
    await publishAll(async () => {
      for (const name of ['b', 'c']) await inventory.apply(writer, [upsert(name)], AT);
    });
    await db.updateTable('cluster').set({ batch: 1n }).where('connection_id', '=', writer.connectionId).execute();
    await db.updateTable('inventory_stream').set({ last_sequence: stream.last_sequence }).execute();
    await deleted(writer);
    await publishAll();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['1 changed', '2 changed', '3 changed', '4 erased']));
  });

  it('waits on when the cluster is erased once more, as after a crash in the middle', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    await deleted(writer);
    await inventory.erase(writer.connectionId);
    await publishAll();
    await eventually(() => expect(short(heardOf(writer))).toEqual(['2 erased']));
  });
});
