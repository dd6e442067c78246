import { jest } from '@jest/globals';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { openReadOnly } from '../src/storage/read-only.ts';
import { verify } from '../src/storage/verify.ts';
import { runProgram, startNodeProcess, type Ended } from './own-process.ts';
import { canMountReadOnly, runOverReadOnly } from './read-only-disk.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { writeVersion1 } from './version-1.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const FIRST_EVENTS = 2;

/** Every file with what is in it. */
const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));

/** Leaves a store with so many events more than it begins with; a node that is killed leaves some of them in its log. */
async function write(folder: string, count: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await using node = await startNodeProcess(folder);
  const client = EventStoreDBClient.connectionString(node.connectionString);
  for (let n = 0; n < count; n += 1) await client.appendToStream('s', jsonEvent({ type: 'T', data: { n } }));
  await node.end(signal);
  void client.dispose();
}

const found = ({ stdout, code }: Ended) => ({ ...(JSON.parse(stdout) as object), code });
const allWell = (count: number) => expect.objectContaining({ events: FIRST_EVENTS + count, problems: [], code: 0 });

const check = (path: string) => {
  using store = openReadOnly(path);
  return verify(store.database);
};

describe('verify', () => {
  it('refuses where nothing is, and makes nothing', () => {
    using folder = temporaryFolder();
    const { code, stdout, stderr } = runProgram(['verify', '--data', join(folder.path, 'typo')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`event-store-node: there is nothing at ${join(folder.path, 'typo')}\n`);
    expect(() => openReadOnly(folder.path)).toThrow(/is no data folder: it has no events\.db/u);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('after %s reads everything and changes nothing', async (signal) => {
    using folder = temporaryFolder();
    await write(folder.path, 5, signal);
    const before = contents(folder.path);
    expect(found(runProgram(['verify', '--data', folder.path]))).toEqual(allWell(5));
    expect(contents(folder.path)).toEqual(before);
  });

  it('refuses while a node serves, which goes on, and takes the backup that the node makes', async () => {
    using folder = temporaryFolder();
    await using node = await startNodeProcess(folder.path);
    expect(() => openReadOnly(folder.path)).toThrow(/is in use by an event store node: stop it/u);
    const answer = await fetch(`http://127.0.0.1:${node.httpPort}/admin/backup`, { method: 'POST' });
    const { file } = (await answer.json()) as { file: string };
    expect(check(file)).toMatchObject({ events: FIRST_EVENTS, problems: [] });
    expect(readdirSync(join(folder.path, 'backups'))).toHaveLength(1);
  });

  it('says so when a node started while it was reading', () => {
    using folder = temporaryFolder();
    writeVersion1(folder.path);
    using store = openReadOnly(folder.path);
    writeFileSync(join(folder.path, 'events.db-wal'), '');
    expect(() => store.requireUnchanged()).toThrow(/is in use by an event store node/u);
  });

  it('reads a store of an older version without migrating it', () => {
    using folder = temporaryFolder();
    writeVersion1(folder.path);
    const before = contents(folder.path);
    expect(check(folder.path).problems).toEqual([]);
    expect(contents(folder.path)).toEqual(before);
  });

  it('refuses what is not a store, and leaves it as it was', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'events.db');
    writeFileSync(file, 'this is a letter to my aunt, and not a database of any kind');
    expect(() => openReadOnly(file)).toThrow(/is damaged .*: restore a backup$/u);
    writeFileSync(file, '');
    expect(() => openReadOnly(file)).toThrow(/is not an event store's file/u);
    rmSync(file);
    const theirs = new DatabaseSync(file);
    theirs.exec('CREATE TABLE theirs (x)');
    theirs.close();
    expect(() => openReadOnly(file)).toThrow(/is not an event store's file/u);
    expect(readdirSync(folder.path)).toEqual(['events.db']);
  });

  it('goes on after what it cannot read, and tells of all parts', async () => {
    using folder = temporaryFolder();
    await write(folder.path, 3, 'SIGTERM');
    const database = new DatabaseSync(join(folder.path, 'events.db'));
    database.exec("UPDATE events SET record = zeroblob(length(record)) WHERE type <> 'T'");
    database.exec('INSERT INTO spent SELECT max(position) FROM events');
    database.close();
    const { problems } = check(folder.path);
    expect(problems.filter((problem) => problem.endsWith('the record is damaged'))).toHaveLength(FIRST_EVENTS);
    expect(problems.join('\n')).toMatch(/1 positions are both spent and in use/u);
  });
});

(canMountReadOnly ? describe : describe.skip)('verify on a read-only disk', () => {
  it('checks a data folder and a single backup file', async () => {
    using folder = temporaryFolder();
    await write(folder.path, 4, 'SIGTERM');
    copyFileSync(join(folder.path, 'events.db'), join(folder.path, 'monday.db'));
    for (const path of [folder.path, join(folder.path, 'monday.db')])
      expect(found(runOverReadOnly(folder.path, ['verify', '--data', path]))).toEqual(allWell(4));
    expect(readdirSync(folder.path).toSorted()).toEqual(['events.db', 'monday.db']);
  });

  it('says what to do about the folder of a node that was killed, and a copy can be checked', async () => {
    using folder = temporaryFolder();
    await write(folder.path, 4, 'SIGKILL');
    const { code, stderr } = runOverReadOnly(folder.path, ['verify', '--data', folder.path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/events\.db-wal has what its node wrote last .* copy both files to a folder/u);
    const copy = join(folder.path, 'copy');
    mkdirSync(copy);
    for (const name of ['events.db', 'events.db-wal']) copyFileSync(join(folder.path, name), join(copy, name));
    expect(check(copy)).toMatchObject({ events: FIRST_EVENTS + 4, problems: [] });
  });
});
