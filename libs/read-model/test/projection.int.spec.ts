import { createEventStore, type EventStore } from '@mooring/event-store';
import { Failure } from '@mooring/kernel';
import { eventually, startTestEventStore, startTestPostgres, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import {
  compareWithReplay,
  createProjectionProgress,
  openDatabase,
  runProjection,
  type Database,
  type Projection,
  type ProjectionStatus,
} from '../src/index.ts';
import { count, countingProjection, openMemoryStore, readCounts, type CountingTables } from './counting.ts';

describe('a projection', () => {
  let postgres: TestPostgres;
  let db: Database<CountingTables>;
  let store: EventStore;
  const running: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(async () => {
    db = openDatabase<CountingTables>({ url: (await postgres.createDatabase()).url });
    store = openMemoryStore();
  });
  afterEach(async () => {
    for (const stop of running.splice(0)) await stop();
    await db.destroy();
  });

  function project(projection: Projection<CountingTables> = countingProjection(), from: EventStore = store) {
    const controller = new AbortController();
    const statuses: ProjectionStatus[] = [];
    const done = runProjection({
      db,
      store: from,
      projection,
      signal: controller.signal,
      onStatus: (status) => statuses.push(status),
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const stop = (): Promise<unknown> => {
      controller.abort();
      return done;
    };
    running.push(stop);
    return { statuses, done, stop, ready: () => eventually(() => statuses.length > 0) };
  }

  it('has rows and checkpoint of each batch in one transaction, and goes on where it stopped', async () => {
    await count(store, 'a', 3);
    const first = project();
    await eventually(async () => expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: 3, last: 3 }]));
    await first.stop();
    await count(store, 'a', 2);
    project();
    await eventually(async () => expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: 5, last: 5 }]));
  });

  it('applies each event once though several instances run', async () => {
    project();
    project();
    project();
    for (let n = 0; n < 20; n += 1) await count(store, 'a', 5);
    await eventually(async () => expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: 100, last: 100 }]));
  });

  it('lets a reader wait for its own write', async () => {
    await using progress = createProjectionProgress(db);
    const { ready } = project();
    await ready();
    for (let n = 1; n <= 5; n += 1) {
      const position = await count(store, 'a');
      expect(await progress.waitFor('counting', position, 5_000)).toBe(true);
      expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: n, last: n }]);
    }
    const position = (await progress.positionOf('counting')) ?? 0n;
    expect(await progress.waitFor('counting', position + 1n, 300)).toBe(false);
  });

  it('changes nothing when apply fails, says so, and ends with what a retry cannot help', async () => {
    await count(store, 'a');
    const broken = countingProjection();
    const bug = new TypeError('a bug');
    const { done } = project({
      ...broken,
      apply: async (tx, events) => {
        await broken.apply(tx, events);
        throw bug;
      },
    });
    expect(await done).toBe(bug);
    expect(await readCounts(db)).toEqual([]);
  });

  it('gives the same rows when it is replayed, and tells where a row is not what the events say', async () => {
    await count(store, 'a', 3);
    await count(store, 'b', 700);
    const position = await count(store, 'a', 1);
    const { stop } = project();
    await using progress = createProjectionProgress(db);
    expect(await progress.waitFor('counting', position, 10_000)).toBe(true);
    expect(await compareWithReplay({ db, store, projection: countingProjection() })).toEqual([]);
    await stop();
    await sql`update counting.counts set last = 99 where id = 'thing-a'`.execute(db);
    expect(await compareWithReplay({ db, store, projection: countingProjection() })).toEqual([
      '- 1× counts (thing-a,4,99)',
      '+ 1× counts (thing-a,4,4)',
    ]);
    const { rows } = await sql`select 1 from pg_namespace where nspname like 'counting_%'`.execute(db);
    expect(rows).toEqual([]);
  });

  it('is rebuilt beside the live tables, which are never empty, and replaces them when it has come as far', async () => {
    for (let n = 0; n < 50; n += 1) await count(store, `n${n}`, 2);
    const old = project(countingProjection(1));
    await eventually(async () => expect(await readCounts(db)).toHaveLength(50));
    let proceed = (): void => undefined;
    const blocked = new Promise<void>((resolve) => (proceed = resolve));
    const next = countingProjection(2, 10);
    const rebuilt = project({ ...next, apply: async (tx, events) => (await blocked, next.apply(tx, events)) });
    await eventually(async () => {
      const { rows } = await sql`select 1 from projections.checkpoint where version = 2 and not serving`.execute(db);
      expect(rows).toHaveLength(1);
    });
    expect((await readCounts(db)).map(({ last }) => last)).toEqual(Array.from({ length: 50 }, () => 2));
    const seen: number[] = [];
    const reading = new AbortController();
    const reader = (async () => {
      while (!reading.signal.aborted) seen.push((await readCounts(db)).length);
    })();
    proceed();
    await eventually(() => rebuilt.statuses.at(-1)?.serving === true);
    await eventually(async () =>
      expect((await readCounts(db)).map(({ last }) => last)).toEqual(Array.from({ length: 50 }, () => 20)),
    );
    reading.abort();
    await reader;
    expect(new Set(seen)).toEqual(new Set([50]));
    await count(store, 'later');
    expect(await old.done).toMatchObject({ code: 'invalid' });
    await eventually(async () => expect(await readCounts(db)).toHaveLength(51));
    const { rows } = await sql`select nspname from pg_namespace where nspname like 'counting%'`.execute(db);
    expect(rows).toEqual([{ nspname: 'counting' }]);
  });

  it('replaces the live tables also when no event comes after the rebuild', async () => {
    const old = project(countingProjection(1));
    await old.ready();
    await old.stop();
    const { statuses } = project(countingProjection(2));
    await eventually(async () => {
      const { rows } = await sql`select version from projections.checkpoint`.execute(db);
      expect(rows).toEqual([{ version: 2 }]);
    });
    expect(statuses.length).toBeGreaterThan(0);
  });

  it('is refused when a newer version serves already', async () => {
    const newer = project(countingProjection(2));
    await newer.ready();
    expect(await project(countingProjection(1)).done).toMatchObject({ code: 'invalid' });
  });

  it('refuses an event store that does not hold the event its checkpoint names', async () => {
    await count(store, 'a', 3);
    const { stop } = project();
    await eventually(async () => expect(await readCounts(db)).toHaveLength(1));
    await stop();
    const other = openMemoryStore();
    await count(other, 'a', 3);
    expect(await project(countingProjection(), other).done).toMatchObject({ code: 'corrupt' });
    expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: 3, last: 3 }]);
  });

  it('waits out its connections being killed', async () => {
    const { statuses, ready } = project();
    await ready();
    for (let n = 1; n <= 5; n += 1) {
      await count(store, 'a', 10);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
        .execute(db)
        .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Failure));
    }
    await eventually(async () => expect(await readCounts(db)).toEqual([{ id: 'thing-a', events: 50, last: 50 }]));
    await eventually(() => statuses.at(-1)?.state === 'live');
  });

  it('follows a real store through kill -9: nothing lost, nothing twice', async () => {
    await using node = await startTestEventStore({ slowSubscribers: 'disconnect' });
    await using real = createEventStore({ connectionString: node.connectionString, appendTimeoutMs: 20_000 });
    project(countingProjection(), real);
    const writing = (async () => {
      for (let n = 0; n < 60; n += 1) await count(real, `n${n % 3}`, 5);
    })();
    await eventually(async () => (await readCounts(db)).length === 3, { timeoutMs: 10_000 });
    await node.crash();
    await node.restart();
    await writing;
    await eventually(
      async () =>
        expect(await readCounts(db)).toEqual(
          ['n0', 'n1', 'n2'].map((id) => ({ id: `thing-${id}`, events: 100, last: 100 })),
        ),
      { timeoutMs: 20_000 },
    );
    expect(await compareWithReplay({ db, store: real, projection: countingProjection() })).toEqual([]);
    for (const stop of running.splice(0)) await stop();
  }, 60_000);
});
