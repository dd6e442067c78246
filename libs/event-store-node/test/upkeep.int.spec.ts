import { jest } from '@jest/globals';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventStoreDBClient, jsonEvent, START, type Position } from '@eventstore/db-client';
import { createEventStoreNode } from '../src/node.ts';
import { openDatabase } from '../src/storage/database.ts';
import { verify } from '../src/storage/verify.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const events = (count: number) => Array.from({ length: count }, (_, n) => jsonEvent({ type: 'N', data: { n } }));
const none: { readonly events: number } = { events: 0 };

const verified = (folder: string) => {
  const database = openDatabase(folder);
  try {
    return verify(database);
  } finally {
    database.close();
  }
};

const revisions = async (client: EventStoreDBClient, stream: string): Promise<number[]> => {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream)) found.push(Number(event?.revision));
  return found;
};

const namesInAll = async (client: EventStoreDBClient, fromPosition: Position | 'start' = START): Promise<string[]> => {
  const found: string[] = [];
  for await (const { event } of client.readAll({ fromPosition })) found.push(`${event?.streamId}/${event?.revision}`);
  return found.filter((name) => !name.startsWith('$'));
};

describe('a scavenge', () => {
  it('removes what metadata and deletions hid, and changes nothing else', async () => {
    using folder = temporaryFolder();
    {
      await using node = await createEventStoreNode({ dataFolder: folder.path });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      const kept = await client.appendToStream('kept', events(3));
      for (const stream of ['counted', 'truncated', 'aged', 'deleted', 'tombstoned'])
        await client.appendToStream(stream, events(5));
      await client.setStreamMetadata('counted', { maxCount: 2 });
      await client.setStreamMetadata('counted', { maxCount: 3 });
      await client.setStreamMetadata('truncated', { truncateBefore: 4 });
      await client.setStreamMetadata('aged', { maxAge: 3600 });
      await client.deleteStream('deleted');
      await client.setStreamMetadata('tombstoned', { maxCount: 1 });
      await client.tombstoneStream('tombstoned');
      const inFlight = Promise.all(Array.from({ length: 50 }, () => client.appendToStream('busy', events(1))));

      expect((await node.scavenge()).events).toBeGreaterThanOrEqual(2 + 4 + 4 + 5);
      await inFlight;
      expect(await node.scavenge()).toEqual(none);

      expect(await revisions(client, 'counted')).toEqual([2, 3, 4]);
      expect(await revisions(client, 'truncated')).toEqual([4]);
      expect(await revisions(client, 'aged')).toEqual([0, 1, 2, 3, 4]);
      expect(await revisions(client, 'busy')).toHaveLength(50);
      await expect(revisions(client, 'deleted')).rejects.toMatchObject({ type: 'stream-not-found' });
      await expect(revisions(client, 'tombstoned')).rejects.toMatchObject({ type: 'stream-deleted' });
      const all = await namesInAll(client);
      expect(all).not.toContain('counted/0');
      expect(all).toContain('kept/0');
      expect(all.filter((name) => name.startsWith('tombstoned'))).toEqual([`tombstoned/${2n ** 63n - 1n}`]);
      // Where a reader was stays a place to go on from, though the event there is gone.
      const after = await client.appendToStream('deleted', events(1));
      expect(after.nextExpectedRevision).toBe(5n);
      const gone = kept.position ?? { commit: 0n, prepare: 0n };
      expect((await namesInAll(client, gone))[0]).toBe('kept/2');
      void client.dispose();
    }
    expect(verified(folder.path).problems).toEqual([]);
  });

  it('lets a reader resume from an event that it removed', async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path });
    const client = EventStoreDBClient.connectionString(node.connectionString);
    const { position } = await client.appendToStream('s', events(2));
    await client.appendToStream('s', events(1));
    await client.setStreamMetadata('s', { maxCount: 1 });
    await node.scavenge();
    expect(await namesInAll(client, position)).toEqual(['s/2']);
    void client.dispose();
  });
});

describe('a backup', () => {
  it('is a whole store of some moment, taken while others write', async () => {
    using folder = temporaryFolder();
    const restored = join(folder.path, 'restored');
    {
      await using node = await createEventStoreNode({ dataFolder: join(folder.path, 'data') });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      await client.appendToStream('before', events(100));
      const copied = new AbortController();
      const writing = (async () => {
        while (!copied.signal.aborted) await client.appendToStream('during', events(3));
      })();
      const answer = await fetch(`http://127.0.0.1:${node.httpPort}/admin/backup`, { method: 'POST' });
      copied.abort();
      await writing;
      const { file } = (await answer.json()) as { file: string };
      mkdirSync(restored);
      copyFileSync(file, join(restored, 'events.db'));
      void client.dispose();
    }
    expect(verified(restored).problems).toEqual([]);
    await using again = await createEventStoreNode({ dataFolder: restored });
    const client = EventStoreDBClient.connectionString(again.connectionString);
    expect(await revisions(client, 'before')).toHaveLength(100);
    const during = await revisions(client, 'during').catch(() => []);
    expect(during.length % 3).toBe(0);
    void client.dispose();
  });

  it('is not started by a page in a browser', async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path });
    for (const path of ['/admin/backup', '/admin/scavenge']) {
      const headers = { origin: 'https://example.org' };
      const answer = await fetch(`http://127.0.0.1:${node.httpPort}${path}`, { method: 'POST', headers });
      expect(answer.status).toBe(403);
    }
  });
});

describe('verify', () => {
  const written = async (folder: string): Promise<void> => {
    await using node = await createEventStoreNode({ dataFolder: folder });
    const client = EventStoreDBClient.connectionString(node.connectionString);
    await client.appendToStream('s', events(100));
    await client.setStreamMetadata('s', { maxCount: 50 });
    await client.appendToStream('t', events(1));
    await client.tombstoneStream('t');
    void client.dispose();
  };

  it('finds nothing wrong with what the node wrote', async () => {
    using folder = temporaryFolder();
    await written(folder.path);
    expect(verified(folder.path)).toMatchObject({ events: 2 + 100 + 1 + 1 + 1, problems: [] });
  });

  it.each([
    [
      'UPDATE events SET record = zeroblob(length(record)) WHERE position = (SELECT min(position) FROM events)',
      /damaged/u,
    ],
    ['DELETE FROM events WHERE revision = 50', /a revision is missing/u],
    ["DELETE FROM events WHERE type = '$streamDeleted'", /tombstone/u],
    ['DELETE FROM events WHERE revision = 99', /the event is missing/u],
    ["UPDATE streams SET metadata = '{}' WHERE name = 's'", /metadata is not what was written/u],
    ["UPDATE streams SET tombstoned = 0 WHERE name = 't'", /tombstone/u],
    ["UPDATE events SET type = 'Other' WHERE revision = 7", /not what its row says/u],
    ['INSERT INTO spent SELECT max(position) FROM events', /spent and in use/u],
    ['UPDATE events SET position = position - 1 WHERE revision = 7', /lies within the event before it/u],
  ])('notices %s', async (sql, problem) => {
    using folder = temporaryFolder();
    await written(folder.path);
    const database = new DatabaseSync(join(folder.path, 'events.db'));
    database.exec(sql);
    database.close();
    const said = (() => {
      try {
        return verified(folder.path).problems.join('\n');
      } catch (thrown) {
        return String(thrown);
      }
    })();
    expect(said).toMatch(problem);
  });

  it('is a command, which exits with 0 only if all is well', async () => {
    using folder = temporaryFolder();
    await written(folder.path);
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const run = promisify(execFile);
    const args = ['--conditions=development', main, 'verify', '--data', folder.path];
    const { stdout } = await run(process.execPath, args);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [] });
    const database = new DatabaseSync(join(folder.path, 'events.db'));
    database.exec('DELETE FROM events WHERE revision = 50');
    database.close();
    await expect(run(process.execPath, args)).rejects.toMatchObject({ code: 1 });
  });
});
