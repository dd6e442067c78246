import { eventually, startFaultyProxy, startTestPostgres, type FaultyProxy, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { openDatabase, withLease } from '../src/index.ts';

describe('a database that goes silent', () => {
  let postgres: TestPostgres;
  let proxy: FaultyProxy;
  let url: string;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(async () => {
    const database = await postgres.createDatabase();
    proxy = await startFaultyProxy(postgres.port);
    url = proxy.urlFor(database.url);
  });
  afterEach(() => proxy[Symbol.asyncDispose]());

  it('fails a statement in time, says that a commit may have happened, and gives its connections up', async () => {
    await using db = openDatabase<unknown>({ url, queryTimeoutMs: 300, poolMax: 2 });
    await sql`create table things (n integer)`.execute(db);
    const committing = db.transaction().execute(async (tx) => {
      await sql`insert into things values (1)`.execute(tx);
      await proxy.become('stalled');
    });
    await expect(committing).rejects.toMatchObject({ code: 'outcome-unknown' });
    // Were the silent connections given out again, both would be taken, and so on for ever.
    await proxy.become('open');
    await eventually(async () => {
      const { rows } = await sql`select 1 from pg_stat_activity where state is not null`.execute(db);
      expect(rows.length).toBeGreaterThan(0);
    });
  }, 20_000);

  it('answers a read with a timeout', async () => {
    await using db = openDatabase<unknown>({ url, queryTimeoutMs: 300 });
    await sql`select 1`.execute(db);
    await proxy.become('stalled');
    await expect(sql`select 1`.execute(db)).rejects.toMatchObject({ code: 'timeout' });
    await proxy.become('open');
    await eventually(() => sql`select 1`.execute(db));
  }, 20_000);

  it('takes a lease from its holder within seconds, and gives it again when it is back', async () => {
    await using db = openDatabase<unknown>({ url });
    const stopping = new AbortController();
    const turns: AbortSignal[] = [];
    const done = withLease({
      db,
      name: 'silent',
      signal: stopping.signal,
      onHeld: (signal) => {
        turns.push(signal);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      },
    });
    await eventually(() => turns.length === 1);
    await proxy.become('stalled');
    await eventually(() => turns[0]?.aborted === true, { timeoutMs: 10_000 });
    await proxy.become('open');
    await eventually(() => turns.length === 2, { timeoutMs: 10_000 });
    stopping.abort();
    await done;
  }, 40_000);
});
