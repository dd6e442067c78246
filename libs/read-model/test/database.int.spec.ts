import { join } from 'node:path';
import { startPostgres } from '@mooring/engines';
import { Failure, isFailure } from '@mooring/kernel';
import { eventually, freePort, startTestPostgres, temporaryFolder, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { migrate, openDatabase, type Database, type Migrations } from '../src/index.ts';

interface Tables {
  readonly things: { readonly id: bigint; readonly name: string };
}

const first: Migrations = {
  '0001-things': {
    async up(db) {
      await db.schema
        .createTable('things')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('name', 'text')
        .execute();
    },
  },
};
const second: Migrations = {
  ...first,
  '0002-first': {
    async up(db) {
      await sql`insert into things values (9007199254740993, 'large')`.execute(db);
    },
  },
};

describe('a database', () => {
  let postgres: TestPostgres;
  let db: Database<Tables>;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(async () => {
    db = openDatabase<Tables>({ url: (await postgres.createDatabase()).url });
  });
  afterEach(() => db.destroy());

  it('is migrated once though several instances start at once, and later goes on from there', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(db, first)));
    await Promise.all(Array.from({ length: 5 }, () => migrate(db, second)));
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([{ id: 9007199254740993n, name: 'large' }]);
  });

  it('refuses to be used by code older than itself', async () => {
    await migrate(db, second);
    await expect(migrate(db, first)).rejects.toMatchObject({ code: 'invalid' });
    await expect(migrate(db, first)).rejects.toThrow(/0002-first/);
  });

  it('stays as it was when a migration fails', async () => {
    const bug = new Error('a bug');
    await expect(migrate(db, { ...first, '0002-broken': { up: () => Promise.reject(bug) } })).rejects.toBe(bug);
    await expect(sql`select 1 from things`.execute(db)).rejects.toMatchObject({ code: '42P01' });
    await migrate(db, first);
  });

  it('keeps int8 exact, both ways', async () => {
    await migrate(db, second);
    const found = await db.selectFrom('things').select('id').where('id', '=', 9007199254740993n).execute();
    expect(found).toEqual([{ id: 9007199254740993n }]);
  });

  it('tells a lost race as a conflict', async () => {
    await migrate(db, second);
    const race = () =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (tx) => {
          await tx.selectFrom('things').selectAll().execute();
          await meet();
          await tx.updateTable('things').set({ name: 'mine' }).execute();
        });
    let waiting: (() => void)[] = [];
    const meet = (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting.splice(0)) go();
      });
    waiting = [];
    const results = await Promise.allSettled([race(), race()]);
    const lost = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(lost).toHaveLength(1);
    expect(isFailure(lost[0], 'conflict')).toBe(true);
  });

  it('passes on what is a bug', async () => {
    await expect(sql`select nonsense`.execute(db)).rejects.not.toBeInstanceOf(Failure);
  });

  it('is unavailable while the server is stopped, and as before when it is back', async () => {
    await using folder = await temporaryFolder();
    const options = { dataFolder: join(folder.path, 'data'), port: await freePort(), password: 'p' };
    let server = await startPostgres(options);
    const restarted = openDatabase<Tables>({ url: server.urlOf('postgres') });
    try {
      await migrate(restarted, second);
      const interrupted = restarted.transaction().execute(async (tx) => {
        await tx.updateTable('things').set({ name: 'x' }).execute();
        await server.stop();
        await tx.updateTable('things').set({ name: 'y' }).execute();
      });
      await expect(interrupted).rejects.toMatchObject({ code: 'unavailable' });
      await expect(restarted.selectFrom('things').selectAll().execute()).rejects.toMatchObject({ code: 'unavailable' });
      server = await startPostgres(options);
      await eventually(async () => {
        const rows = await restarted.selectFrom('things').select('name').execute();
        expect(rows).toEqual([{ name: 'large' }]);
      });
    } finally {
      await restarted.destroy();
      await server.stop();
    }
  }, 60_000);

  it('is denied with a wrong password', async () => {
    const url = new URL(postgres.adminUrl);
    url.password = 'wrong';
    await using wrong = openDatabase({ url: url.href });
    await expect(sql`select 1`.execute(wrong)).rejects.toMatchObject({ code: 'denied' });
  });
});
