import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { eventually, startTestEventStore, startTestNats, startTestPostgres, temporaryFolder } from '../src/index.ts';

jest.setTimeout(120_000);

const rows = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('NATS for tests', () => {
  it('takes the given configuration and serves JetStream', async () => {
    await using nats = await startTestNats({
      config: 'authorization { users = [{ user: reader, password: secret }] }',
      monitor: true,
    });
    await expect(connect({ servers: nats.url })).rejects.toThrow(/authorization/i);
    const connection = await connect({ servers: nats.url, user: 'reader', pass: 'secret' });
    const info = await connection.request('$JS.API.INFO');
    expect(info.json<{ error?: unknown }>().error).toBeUndefined();
    await connection.close();
    expect((await fetch(`${nats.monitorUrl!}/healthz`)).status).toBe(200);
  });

  it('keeps what was acknowledged over a crash, on the same port', async () => {
    await using nats = await startTestNats();
    const request = async (subject: string, body: string): Promise<{ state?: { messages: number } }> => {
      const connection = await connect({ servers: nats.url });
      try {
        const answer = await connection.request(subject, body);
        return answer.json<{ state?: { messages: number } }>();
      } finally {
        await connection.close();
      }
    };
    await request('$JS.API.STREAM.CREATE.KEPT', JSON.stringify({ name: 'KEPT', subjects: ['kept.>'] }));
    await request('kept.one', 'first');
    await nats.crash();
    await nats.restart();
    expect((await request('$JS.API.STREAM.INFO.KEPT', '')).state?.messages).toBe(1);
  });

  it('leaves no process and no folder', async () => {
    const nats = await startTestNats();
    const pid = nats.pid();
    await nats[Symbol.asyncDispose]();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(nats.dataFolder)).toBe(false);
  });
});

describe('PostgreSQL for tests', () => {
  it('gives databases that do not see each other, and drops them', async () => {
    await using postgres = await startTestPostgres();
    const one = await postgres.createDatabase();
    const two = await postgres.createDatabase();
    await rows(one.url, 'create table here (id int)');
    await expect(rows(two.url, 'select * from here')).rejects.toThrow('does not exist');
    await postgres[Symbol.asyncDispose]();
    await expect(rows(one.url, 'select 1')).rejects.toThrow('does not exist');
  });

  it('is one server for all test files of a process', async () => {
    await using first = await startTestPostgres();
    await using second = await startTestPostgres();
    expect(second.port).toBe(first.port);
  });

  it('orders text by code point', async () => {
    await using postgres = await startTestPostgres();
    const { url } = await postgres.createDatabase();
    expect(await rows(url, "select t from (values ('b'), ('B'), ('a'), ('_')) v (t) order by t")).toEqual(
      ['B', '_', 'a', 'b'].map((t) => ({ t })),
    );
  });
});

describe('the event store node for tests', () => {
  it('comes back on the same port and data after a crash', async () => {
    await using store = await startTestEventStore({ slowSubscribers: 'disconnect' });
    const before = store.pid();
    const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${store.httpPort}/health/live`)).status;
    expect(await health()).toBeLessThan(300);
    await store.crash();
    await expect(health()).rejects.toThrow();
    await store.restart();
    expect(store.pid()).not.toBe(before);
    expect(await health()).toBeLessThan(300);
  });
});

describe('a test process that is killed', () => {
  it('leaves no engine running and no folder behind', async () => {
    await using folder = await temporaryFolder();
    const script = `${folder.path}/dies.ts`;
    await writeFile(
      script,
      `import { startTestNats, startTestPostgres } from '${import.meta.dirname}/../src/index.ts';
       const nats = await startTestNats();
       const postgres = await startTestPostgres();
       console.log(JSON.stringify({ pid: nats.pid(), folder: nats.dataFolder, port: postgres.port }));
       setInterval(() => undefined, 1000);`,
    );
    const child = spawn(process.execPath, ['--conditions=development', '--no-warnings', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const line = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    const { pid, folder: data, port } = JSON.parse(line) as { pid: number; folder: string; port: number };
    const url = `postgres://postgres:test@127.0.0.1:${port}/postgres`;
    expect(isAlive(pid)).toBe(true);
    await rows(url, 'select 1');
    child.kill('SIGKILL');
    await eventually(() => !isAlive(pid) && !existsSync(data));
    await eventually(() =>
      rows(url, 'select 1').then(
        () => false,
        () => true,
      ),
    );
  });
});
