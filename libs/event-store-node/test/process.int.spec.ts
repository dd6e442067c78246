import { jest } from '@jest/globals';
import { createServer } from 'node:net';
import { appendFileSync, openSync, closeSync, writeSync, writeFileSync, mkdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreDBClient, jsonEvent, NO_STREAM, type AppendResult } from '@eventstore/db-client';
import { NotStarted, startNodeProcess } from './own-process.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './waiting.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const numbered = (n: number) => jsonEvent({ type: 'Numbered', data: { n } });

const refusal = async (start: Promise<AsyncDisposable>): Promise<NotStarted> => {
  const started = await start.catch((error: unknown) => error);
  if (started instanceof NotStarted) return started;
  throw new Error('it started');
};

interface Stored {
  readonly revision: bigint;
  readonly position: bigint;
  readonly n: number;
}

async function readStream(client: EventStoreDBClient, stream: string): Promise<Stored[]> {
  const found: Stored[] = [];
  for await (const { event } of client.readStream<{ type: string; data: { n: number } }>(stream))
    if (event !== undefined)
      found.push({ revision: event.revision, position: event.position?.commit ?? 0n, n: event.data.n });
  return found;
}

describe('a node killed in the middle of writing', () => {
  it('has everything it acknowledged, nothing in half, and goes on without using a revision or position again', async () => {
    using folder = temporaryFolder();
    const acknowledged: AppendResult[] = [];
    const streams = ['kill-a', 'kill-b', 'kill-c'];
    let written = 0;
    for (let round = 0; round < 3; round += 1) {
      const node = await startNodeProcess(folder.path);
      const client = EventStoreDBClient.connectionString(node.connectionString);
      const enough = acknowledged.length + 150;
      let stopped = false;
      const write = async (stream: string): Promise<void> => {
        while (!stopped) {
          written += 3;
          const batch = [numbered(written), numbered(written + 1), numbered(written + 2)];
          acknowledged.push(await client.appendToStream(stream, batch));
        }
      };
      const writers = streams.map((stream) => write(stream).catch(() => undefined));
      await until('enough appends', () => acknowledged.length >= enough);
      await node.end('SIGKILL');
      stopped = true;
      await Promise.all(writers);
      void client.dispose();
    }
    await using node = await startNodeProcess(folder.path);
    const client = EventStoreDBClient.connectionString(node.connectionString);
    const stored = (await Promise.all(streams.map((stream) => readStream(client, stream)))).flat();
    const positions = new Set(stored.map(({ position }) => position));
    expect(positions.size).toBe(stored.length);
    expect(acknowledged.filter(({ position }) => !positions.has(position?.commit ?? 0n))).toEqual([]);
    for (const stream of streams) {
      const events = await readStream(client, stream);
      expect(events.length % 3).toBe(0);
      expect(events.map(({ revision }) => Number(revision))).toEqual(events.map((_, index) => index));
      for (let at = 0; at < events.length; at += 3)
        expect(events.slice(at, at + 3).map(({ n }) => n - (events[at]?.n ?? 0))).toEqual([0, 1, 2]);
    }
    void client.dispose();
  }, 60_000);

  it('remembers repeats of before', async () => {
    using folder = temporaryFolder();
    const event = numbered(1);
    const append = async (connectionString: string): Promise<AppendResult> => {
      const client = EventStoreDBClient.connectionString(connectionString);
      return client.appendToStream('repeat', event, { expectedRevision: NO_STREAM });
    };
    const first = await startNodeProcess(folder.path);
    const answer = await append(first.connectionString);
    await first.end('SIGKILL');
    await using second = await startNodeProcess(folder.path);
    expect(await append(second.connectionString)).toEqual(answer);
  }, 60_000);
});

describe('a node that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends open calls as unavailable, and itself with 0',
    async (signal) => {
      using folder = temporaryFolder();
      await using node = await startNodeProcess(folder.path);
      const client = EventStoreDBClient.connectionString(node.connectionString);
      await client.appendToStream('stop', numbered(1));
      const errors: { readonly type?: string }[] = [];
      const subscription = client.subscribeToAll();
      let caughtUp = false;
      subscription.on('caughtUp', () => (caughtUp = true)).on('error', (error: object) => errors.push(error));
      subscription.on('data', () => undefined);
      await until('being caught up', () => caughtUp);
      expect(await node.end(signal)).toBe(0);
      await until('an error', () => errors.length > 0);
      expect(errors[0]?.type).toBe('unavailable');
      // The log was folded into the file: nothing is left to recover.
      expect(() => statSync(join(folder.path, 'events.db-wal'))).toThrow('ENOENT');
    },
    15_000,
  );
});

describe('a node refuses with one sentence', () => {
  it('a folder that another node uses', async () => {
    using folder = temporaryFolder();
    await using node = await startNodeProcess(folder.path);
    const { message, exitCode } = await refusal(startNodeProcess(folder.path));
    expect(message).toMatch(/^event-store-node: .* is in use by another event store node\n$/u);
    expect(exitCode).toBe(1);
    expect(node.port).toBeGreaterThan(0);
  }, 60_000);

  it('a port that is in use', async () => {
    using folder = temporaryFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { message, exitCode } = await refusal(startNodeProcess(folder.path, ['--insecure', '--port', port]));
    expect(message).toBe(`event-store-node: cannot listen on 127.0.0.1:${port}: the port is in use\n`);
    expect(exitCode).toBe(1);
    taken.close();
  }, 60_000);

  it('another schema version, and keeps the file as it was', async () => {
    using folder = temporaryFolder();
    await (await startNodeProcess(folder.path)).end('SIGTERM');
    const file = join(folder.path, 'events.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect((await refusal(startNodeProcess(folder.path))).message).toMatch(
      /has schema version 99, and this node knows 1/u,
    );
  }, 60_000);

  it("another program's database", async () => {
    using folder = temporaryFolder();
    const database = new DatabaseSync(join(folder.path, 'events.db'));
    database.exec('CREATE TABLE theirs (x)');
    database.close();
    expect((await refusal(startNodeProcess(folder.path))).message).toMatch(/is not an event store's file/u);
  }, 60_000);

  it('a file that is no database', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'events.db'), 'this is a letter to my aunt, and not a database of any kind');
    expect((await refusal(startNodeProcess(folder.path))).message).toMatch(/is damaged .*: restore a backup\n$/u);
  }, 60_000);

  it('a file with a damaged page', async () => {
    using folder = temporaryFolder();
    const first = await startNodeProcess(folder.path);
    const client = EventStoreDBClient.connectionString(first.connectionString);
    for (let n = 0; n < 50; n += 1) await client.appendToStream('damage', numbered(n));
    await first.end('SIGTERM');
    const file = join(folder.path, 'events.db');
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(statSync(file).size - 4096, 0xee), 0, undefined, 4096);
    closeSync(handle);
    expect((await refusal(startNodeProcess(folder.path))).message).toMatch(/is damaged .*: restore a backup\n$/u);
  }, 60_000);

  it('a folder that cannot be made', async () => {
    using folder = temporaryFolder();
    appendFileSync(join(folder.path, 'file'), '');
    const { message } = await refusal(startNodeProcess(join(folder.path, 'file', 'data')));
    expect(message).toMatch(/cannot be used as data folder/u);
  }, 60_000);

  it('to serve without TLS what is not on loopback', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'd'));
    const { message } = await refusal(startNodeProcess(folder.path, ['--insecure', '--host', '0.0.0.0']));
    expect(message).toMatch(/loopback only/u);
  }, 60_000);
});

it('over HTTP a node tells that it lives, what it is and how it does', async () => {
  using folder = temporaryFolder();
  await using node = await startNodeProcess(folder.path);
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${node.httpPort}${path}`);
  expect((await get('/health/live')).status).toBe(204);
  expect(await (await get('/info')).json()).toMatchObject({ esVersion: '24.6.0', state: 'leader' });
  expect(await (await get('/metrics')).text()).toMatch(/^event_store_commands_total 1$/mu);
  expect((await get('/nothing')).status).toBe(404);
}, 60_000);
