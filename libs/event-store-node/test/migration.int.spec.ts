import { jest } from '@jest/globals';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { createEventStoreNode } from '../src/node.ts';
import { openDatabase } from '../src/storage/database.ts';
import { verify } from '../src/storage/verify.ts';
import { startNodeProcess } from './own-process.ts';
import { readChanges, restoreDisk, type Change } from './power-cut/disk.ts';
import { recordWrites, canPreload } from './power-cut/preload.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { writeVersion1 } from './version-1.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const read = async (client: EventStoreDBClient, stream: string): Promise<number[]> => {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream)) found.push(Number(event?.revision));
  return found;
};

/** Everything that the schema keeps as it was. */
const contentOf = (folder: string): unknown => {
  using database = new DatabaseSync(join(folder, 'events.db'));
  const all = (sql: string) => database.prepare(sql).all();
  return [
    all('SELECT * FROM events ORDER BY position'),
    all('SELECT id, name, tombstoned, metadata FROM streams ORDER BY id'),
    all('SELECT * FROM spent ORDER BY position'),
  ];
};

/** The version, and what there is besides the tables that every version has. */
const versionOf = (folder: string): unknown => {
  using database = new DatabaseSync(join(folder, 'events.db'));
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  const others = database
    .prepare("SELECT name FROM sqlite_schema WHERE name IN ('log', 'events_by_id') OR sql LIKE '%last INTEGER%'")
    .all();
  return { version, others: others.length };
};

describe('a data folder of schema version 1', () => {
  it('is migrated, serves what it served, and goes on without using a revision or a position again', async () => {
    using folder = temporaryFolder();
    const { lastPosition, scavengedPosition, seventhId } = writeVersion1(folder.path);
    const before = contentOf(folder.path);
    openDatabase(folder.path).close();
    expect(contentOf(folder.path)).toEqual(before);
    {
      await using node = await createEventStoreNode({ dataFolder: folder.path });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      const append = (stream: string) => client.appendToStream(stream, jsonEvent({ type: 'T', data: {} }));
      expect(await read(client, 'plain')).toHaveLength(100);
      expect(await read(client, 'counted')).toEqual([3, 4]);
      expect(await read(client, 'truncated')).toEqual([3, 4]);
      expect(await read(client, 'scavenged')).toEqual([4]);
      await expect(read(client, 'deleted')).rejects.toMatchObject({ type: 'stream-not-found' });
      await expect(read(client, 'tombstoned')).rejects.toMatchObject({ type: 'stream-deleted' });
      await expect(append('tombstoned')).rejects.toMatchObject({ type: 'stream-deleted' });
      expect((await client.getStreamMetadata('only-described')).metadata).toEqual({ owner: 'me' });
      // Positions that hold no event any more, or never did, are still ones to go on from.
      for (const commit of [scavengedPosition, lastPosition])
        for await (const { event } of client.readAll({
          fromPosition: { commit: BigInt(commit), prepare: BigInt(commit) },
        }))
          expect(Number(event?.position?.commit)).toBeGreaterThan(commit);

      const repeat = jsonEvent({ id: seventhId, type: 'T', data: {} });
      for (const expectedRevision of [6n, ANY] as const)
        expect(await client.appendToStream('plain', repeat, { expectedRevision })).toMatchObject({
          nextExpectedRevision: 7n,
        });
      const added = await append('plain');
      expect(added.nextExpectedRevision).toBe(100n);
      expect(Number(added.position?.commit)).toBeGreaterThan(lastPosition);
      for (const [stream, revision] of [
        ['deleted', 4n],
        ['scavenged', 5n],
        ['only-described', 0n],
      ] as const)
        expect((await append(stream)).nextExpectedRevision).toBe(revision);
      void client.dispose();
    }
    using database = openDatabase(folder.path);
    expect(verify(database).problems).toEqual([]);
  });

  (canPreload ? it : it.skip)(
    'is of version 1 or 2 and never between, whenever the migration is killed or the power goes',
    async () => {
      using folder = temporaryFolder();
      const [data, log] = [join(folder.path, 'data'), join(folder.path, 'writes.log')];
      mkdirSync(data);
      writeVersion1(data);
      const content = contentOf(data);
      const file = readFileSync(join(data, 'events.db'));
      await using node = await startNodeProcess(data, ['--insecure'], recordWrites(folder.path, data, log));
      await node.end('SIGKILL');

      const at = { offset: 0, data: Buffer.alloc(0), end: 0 };
      const changes: Change[] = [
        { ...at, kind: 'write', file: 'events.db', data: file },
        { ...at, kind: 'sync', file: 'events.db' },
        { ...at, kind: 'sync', file: '' },
        ...readChanges(readFileSync(log)),
      ];
      expect(changes.length).toBeGreaterThan(10);
      const found = new Set<string>();
      for (const [index, { end }] of changes.entries()) {
        const killed = join(folder.path, `killed-${index}`);
        const cut = join(folder.path, `cut-${index}`);
        for (const [restored, survives] of [
          [killed, () => true],
          [cut, () => Math.random() < 0.5],
        ] as const) {
          mkdirSync(restored);
          restoreDisk(changes, end, restored, survives);
          found.add(JSON.stringify(versionOf(restored)));
          using database = openDatabase(restored);
          expect(verify(database).problems).toEqual([]);
          database.close();
          expect(contentOf(restored)).toEqual(content);
        }
      }
      expect([...found]).toEqual(['{"version":1,"others":3}', '{"version":2,"others":0}']);
    },
  );
});
