import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { openDatabase, writeRows, type Database } from '../src/index.ts';

interface Thing {
  id: string;
  place: number;
  name: string | null;
  revision: bigint;
  at: Date | null;
  detail: unknown;
}
interface Tables {
  thing: Thing;
}

const FIRST = '5f3c0000-0000-4000-8000-000000000001';
const thing = (place: number, more: Partial<Thing> = {}): Thing => ({
  ...{
    id: FIRST,
    place,
    name: 'a',
    revision: 2n ** 53n + 1n,
    at: new Date('2026-11-21T10:00:00.123Z'),
    detail: { a: [1] },
  },
  ...more,
});

describe('rows written by one statement', () => {
  let postgres: TestPostgres;
  let db: Database<Tables>;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    db = openDatabase<Tables>({ url: (await postgres.createDatabase()).url });
    await db.schema
      .createTable('thing')
      .addColumn('id', 'uuid', (column) => column.notNull())
      .addColumn('place', 'int4', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('revision', 'int8', (column) => column.notNull())
      .addColumn('at', 'timestamptz(3)')
      .addColumn('detail', 'jsonb')
      .addPrimaryKeyConstraint('thing_key', ['id', 'place'])
      .execute();
  });
  afterEach(() => db.deleteFrom('thing').execute());
  afterAll(async () => {
    await db.destroy();
    await postgres[Symbol.asyncDispose]();
  });

  const write = (rows: readonly Thing[], key?: readonly ('id' | 'place')[]) =>
    db.transaction().execute((tx) => writeRows(tx, 'thing', rows, key));
  const read = () => db.selectFrom('thing').selectAll().orderBy('place').execute();

  it('are read back as they were given', async () => {
    const rows = [
      thing(0),
      thing(1, { name: null, at: null, detail: null }),
      thing(2, { name: `"quoted" 'too', {braces}, a \\backslash, \\ud800 spelled out and 🙂` }),
      thing(3, { detail: 'a text' }),
      thing(4, { detail: ['a', { b: null }] }),
    ];
    await write(rows);
    expect(await read()).toEqual(rows);
  });

  it('take the place of what is there under their key, column by column', async () => {
    await write([thing(0), thing(1)]);
    const later = thing(1, { name: null, revision: 3n, at: null, detail: { b: 1 } });
    await write([later, thing(2)], ['id', 'place']);
    expect(await read()).toEqual([thing(0), later, thing(2)]);
  });

  it('are all written or none, and none where one is there already and no key is named', async () => {
    await write([thing(0)]);
    await expect(write([thing(1), thing(0)])).rejects.toThrow('duplicate key');
    expect(await read()).toEqual([thing(0)]);
  });

  it('may hold half a surrogate pair, which is read back as U+FFFD', async () => {
    await write([thing(0, { name: 'a\ud800b \\\udc00 \\ud800', detail: { text: '\udfff' } })]);
    expect(await read()).toEqual([thing(0, { name: 'a\ufffdb \\\ufffd \\ud800', detail: { text: '\ufffd' } })]);
  });

  it('may be none, or very many', async () => {
    await write([]);
    await write(Array.from({ length: 20_000 }, (_none, place) => thing(place)));
    expect(await read()).toHaveLength(20_000);
  });
});
