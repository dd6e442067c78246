import { jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { createEventStoreNode, type NodeSecurity } from '../src/node.ts';
import { createDamageReports } from '../src/storage/damage.ts';
import { createEventLog } from '../src/storage/event-log.ts';
import { openReadOnly } from '../src/storage/read-only.ts';
import { startNodeProcess } from './own-process.ts';
import { callHttps, CERTIFICATE_FILE, PRIVATE_KEY_FILE, security } from './secure-node.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './waiting.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const PAGE_BYTES = 4096;
const EVERYBODY_KNOWS = /^the password of admin and ops is "changeit"/u;
const NO_EFFECT = /^--first-password has no effect/u;
const NOT_ASKED_FOR = /accounts and rights, which are not asked for with --insecure/u;

/** What a node said when it was started over the folder, and stopped. */
async function startOver(dataFolder: string, how: NodeSecurity | undefined): Promise<readonly string[]> {
  const said: string[] = [];
  const options = { dataFolder, host: 'localhost', warn: (sentence: string) => said.push(sentence) };
  await using node = await createEventStoreNode({ ...options, ...(how === undefined ? {} : { security: how }) });
  expect(node.port).toBeGreaterThan(0);
  return said;
}

const withPassword = (firstPassword: string): NodeSecurity => ({ ...security(), firstPassword });
const saying = (...patterns: readonly RegExp[]): unknown[] => patterns.map((one) => expect.stringMatching(one));

/** The first byte of a page of an index that has entries. */
const INDEX_LEAF = 0x0a;

/** Overwrites the pages of the index of streams by name that have this one; a page that was split still has what it gave away. */
function damageNameIndex(file: string, name: string): void {
  const bytes = readFileSync(file);
  const pages = Array.from({ length: bytes.length / PAGE_BYTES }, (_, n) => n * PAGE_BYTES).filter(
    (from) => bytes[from] === INDEX_LEAF && bytes.subarray(from, from + PAGE_BYTES).includes(name),
  );
  expect(pages).not.toEqual([]);
  for (const page of pages) bytes.fill(0xee, page, page + PAGE_BYTES);
  writeFileSync(file, bytes);
}

describe('a node warns', () => {
  it('of the password that everybody knows, in one line on stderr, at each start', async () => {
    using folder = temporaryFolder();
    const flags = ['--host', 'localhost', '--tls-certificate', CERTIFICATE_FILE, '--tls-private-key', PRIVATE_KEY_FILE];
    await using node = await startNodeProcess(folder.path, flags);
    await until('a line', () => node.said().includes('\n'));
    expect(node.said()).toMatch(/^event-store-node: warning: the password of admin and ops is "changeit".*\n$/u);
    await node.end('SIGTERM');
    expect(await startOver(folder.path, security())).toEqual(saying(EVERYBODY_KNOWS));
  });

  it('of a first password that has no effect, but not of the one in use', async () => {
    using folder = temporaryFolder();
    expect(await startOver(folder.path, withPassword('chosen'))).toEqual([]);
    expect(await startOver(folder.path, security())).toEqual([]);
    expect(await startOver(folder.path, withPassword('chosen'))).toEqual([]);
    expect(await startOver(folder.path, withPassword('another'))).toEqual(saying(NO_EFFECT));
  });

  it('of both, and of an account until its password was reset', async () => {
    using folder = temporaryFolder();
    await startOver(folder.path, security());
    expect(await startOver(folder.path, withPassword('chosen'))).toEqual(saying(EVERYBODY_KNOWS, NO_EFFECT));
    {
      const options = { dataFolder: folder.path, host: 'localhost', security: security(), warn: () => undefined };
      await using node = await createEventStoreNode(options);
      const reset = { as: 'admin:changeit', body: { newPassword: 'chosen' } };
      const { status } = await callHttps(node.httpPort, 'POST', '/users/admin/command/reset-password', reset);
      expect(status).toBe(200);
    }
    expect(await startOver(folder.path, withPassword('chosen'))).toEqual(saying(/^the password of ops is/u));
  });

  it('of accounts that nobody is asked for', async () => {
    using folder = temporaryFolder();
    expect(await startOver(folder.path, undefined)).toEqual([]);
    await startOver(folder.path, withPassword('chosen'));
    expect(await startOver(folder.path, undefined)).toEqual(saying(NOT_ASKED_FOR));
  });

  it('of a damaged record that is read, once, with its position', async () => {
    using folder = temporaryFolder();
    await startOver(folder.path, undefined);
    const positions: unknown[] = [];
    {
      await using node = await createEventStoreNode({ dataFolder: folder.path });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      const events = Array.from({ length: 100 }, (_, n) => jsonEvent({ type: 'T', data: { n } }));
      await client.appendToStream('s', events);
      void client.dispose();
    }
    const database = new DatabaseSync(join(folder.path, 'events.db'));
    // Further from the end than a start looks.
    for (const revision of [3, 5]) {
      const damage =
        'UPDATE events SET record = zeroblob(length(record)) WHERE type = ? AND revision = ? RETURNING position';
      positions.push(database.prepare(damage).get('T', revision)?.['position']);
    }
    database.close();

    await using node = await startNodeProcess(folder.path);
    const client = EventStoreDBClient.connectionString(node.connectionString);
    const read = async (fromRevision: bigint): Promise<void> => {
      for await (const { event } of client.readStream('s', { fromRevision })) expect(event?.type).toBe('T');
    };
    for (const from of [0n, 0n, 4n]) await expect(read(from)).rejects.toThrow(/is damaged/u);
    const lines = positions.map(
      (position) =>
        `event-store-node: warning: the record at position ${String(position)} is damaged, reads of it fail: ` +
        `stop the node and run \`verify --data ${folder.path}\` to see all of it, then restore a backup\n`,
    );
    await until('two lines', () => node.said().split('\n').length > 2);
    expect(node.said()).toBe(lines.join(''));
    await read(6n);
    void client.dispose();
  });

  it('of a damaged page that is read, once; one among the newest events is refused at the start', async () => {
    using folder = temporaryFolder();
    const numbered = (n: number) => jsonEvent({ type: 'T', data: { text: `needle-${n}-${'x'.repeat(500)}` } });
    {
      await using node = await createEventStoreNode({ dataFolder: folder.path });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      await client.appendToStream(
        's',
        Array.from({ length: 300 }, (_, n) => numbered(n)),
      );
      void client.dispose();
    }
    const file = join(folder.path, 'events.db');
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.indexOf('needle-20-') / PAGE_BYTES) * PAGE_BYTES;
    writeFileSync(file, bytes.fill(0xee, page, page + PAGE_BYTES));
    await expect(createEventStoreNode({ dataFolder: folder.path })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/events\.db is damaged \(.*malformed.*\): restore a backup$/u) as unknown,
    });

    using store = openReadOnly(file);
    const said: string[] = [];
    const damage = createDamageReports(folder.path, (sentence) => said.push(sentence));
    const log = createEventLog(store.database, damage);
    const read = (from: number) => log.readForwards(log.stream('s'), from, 0, { rows: 50, bytes: 1_000_000 });
    for (let round = 0; round < 2; round += 1) expect(() => read(0)).toThrow(/file is damaged/u);
    expect(read(200)).toHaveLength(50);
    expect(said).toEqual(saying(/^the file is damaged \(.*malformed\), some reads fail: .*verify --data/u));
  });
  it('of a damaged page that a stream is looked up by, once: reads and appends of others go on', async () => {
    using folder = temporaryFolder();
    const names = Array.from({ length: 1_000 }, (_, n) => `stream-${n}-${'x'.repeat(40)}`).sort();
    const [lost, kept] = [names[500] ?? '', names[10] ?? ''];
    {
      await using node = await createEventStoreNode({ dataFolder: folder.path });
      const client = EventStoreDBClient.connectionString(node.connectionString);
      await Promise.all(names.map((name) => client.appendToStream(name, jsonEvent({ type: 'T', data: {} }))));
      void client.dispose();
    }
    damageNameIndex(join(folder.path, 'events.db'), lost);

    const said: string[] = [];
    await using node = await createEventStoreNode({ dataFolder: folder.path, warn: (sentence) => said.push(sentence) });
    const client = EventStoreDBClient.connectionString(node.connectionString);
    const read = (name: string) => client.readStream(name)[Symbol.asyncIterator]().next();
    const DATA_LOSS = 15;
    for (let round = 0; round < 2; round += 1) await expect(read(lost)).rejects.toMatchObject({ code: DATA_LOSS });
    await expect(client.appendToStream(lost, jsonEvent({ type: 'T', data: {} }))).rejects.toMatchObject({
      type: 'unavailable',
    });
    expect(said).toEqual(saying(/^the file is damaged \(.*malformed\), some reads fail: .*verify --data/u));
    expect((await read(kept)).value).toMatchObject({ event: { streamId: kept } });
    await client.appendToStream(kept, jsonEvent({ type: 'T', data: {} }));
    void client.dispose();
  });
});
