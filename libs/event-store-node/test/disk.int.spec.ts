import { jest } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { openDatabase } from '../src/storage/database.ts';
import { verify } from '../src/storage/verify.ts';
import { startNodeProcess } from './own-process.ts';
import { canPreload, refuseWrites } from './power-cut/preload.ts';
import { canMountReadOnly, runOverReadOnly } from './read-only-disk.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const count = async (client: EventStoreDBClient, stream: string): Promise<number> => {
  let events = 0;
  for await (const { event } of client.readStream(stream)) if (event !== undefined) events += 1;
  return events;
};

(canPreload ? describe : describe.skip)('a disk that becomes', () => {
  it.each([
    ['read-only', 'EROFS'],
    ['full', 'ENOSPC'],
    ['broken', 'EIO'],
  ] as const)(
    '%s refuses appends as unavailable, goes on being read, and takes appends when it is well again',
    async (_, error) => {
      using folder = temporaryFolder();
      const [data, flag] = [join(folder.path, 'data'), join(folder.path, 'refuse')];
      const environment = refuseWrites(folder.path, data, flag, constants.errno[error]);
      {
        await using node = await startNodeProcess(data, ['--insecure'], environment);
        const client = EventStoreDBClient.connectionString(node.connectionString);
        const append = () => client.appendToStream('s', jsonEvent({ type: 'T', data: {} }));
        await append();
        writeFileSync(flag, '');
        for (let attempt = 0; attempt < 3; attempt += 1)
          await expect(append()).rejects.toMatchObject({ type: 'unavailable' });
        expect(await count(client, 's')).toBe(1);
        rmSync(flag);
        expect((await append()).nextExpectedRevision).toBe(1n);
        expect(await count(client, 's')).toBe(2);
        await node.end('SIGKILL');
        void client.dispose();
      }
      using database = openDatabase(data);
      expect(verify(database)).toMatchObject({ events: 4, problems: [] });
    },
  );
});

(canMountReadOnly ? describe : describe.skip)('a folder on a read-only disk', () => {
  it.each(['a new one', 'one that has a store'])('is refused with one sentence: %s', async (which) => {
    using folder = temporaryFolder();
    if (which !== 'a new one') await (await startNodeProcess(folder.path)).end('SIGTERM');
    const { stderr, code } = runOverReadOnly(folder.path, ['--data', folder.path, '--insecure', '--port', '0']);
    expect(stderr).toMatch(
      /^event-store-node: .* cannot be used as data folder: .* is mounted read-only: a node .*\n$/u,
    );
    expect(code).toBe(1);
  });
});
