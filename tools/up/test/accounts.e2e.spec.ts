import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { checkoutFolder, freePort, startProcess } from '@mooring/engines';
import { secureConnectionString } from '@mooring/event-store';
import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { secretOf } from './backdoors.ts';
import { startSystem, type System } from './system.ts';

const UNAUTHENTICATED = 16;
const SERVICES = ['connections', 'discovery', 'notifications'] as const;
const BEFORE = 'written-before-there-were-accounts';

const event = () => jsonEvent({ type: 'T', data: { n: 1 } });

/** A data folder as versions made it that ran the node without TLS and accounts; its store holds one event. */
async function olderDataFolder(dataFolder: string): Promise<void> {
  mkdirSync(dataFolder, { mode: 0o700 });
  writeFileSync(join(dataFolder, 'mooring.json'), '{"format":1}\n');
  const port = await freePort();
  const { process: node } = await startProcess({
    what: 'the event store node',
    program: process.execPath,
    args: [
      ...['--no-warnings', join(checkoutFolder(), 'libs/event-store-node/dist/src/main.js'), '--insecure'],
      ...['--port', String(port), '--data', join(dataFolder, 'event-store')],
    ],
    env: { ...process.env, NODE_OPTIONS: '' },
    readyWhen: (line) => (line.includes('"ready":true') ? true : undefined),
  });
  const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`);
  await client.appendToStream(BEFORE, event());
  await node.stop();
}

describe('the accounts of the event store', () => {
  let folder: TemporaryFolder;
  let system: System;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const dataFolder = join(folder.path, 'data');
    await olderDataFolder(dataFolder);
    system = await startSystem({ dataFolder });
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  const passwordOf = (login: string): string => secretOf(system, `event-store-${login}.password`);
  const caFile = (): string => join(system.dataFolder, 'secrets/event-store-authority.crt');
  const connect = (login: string, password = passwordOf(login)): EventStoreDBClient =>
    EventStoreDBClient.connectionString(
      secureConnectionString(`localhost:${system.port + 2}`, { login, password }, caFile()),
    );
  const refusalOf = async (asked: () => Promise<unknown>): Promise<number> => {
    const thrown: unknown = await asked().then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(thrown).toBeInstanceOf(AccessDeniedError);
    return Number((thrown as AccessDeniedError).code);
  };
  const first = (client: EventStoreDBClient): Promise<unknown> =>
    client.readAll({ maxCount: 1 })[Symbol.asyncIterator]().next();
  /** The HTTP status. */
  const http = (method: string, path: string, as?: string, body?: unknown): Promise<number> =>
    new Promise((resolve, reject) => {
      const ask = { host: 'localhost', port: system.port + 3, method, path, ca: readFileSync(caFile()) };
      const call = request({ ...ask, ...(as === undefined ? {} : { auth: as }) }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  const readyzOf = async (service: (typeof SERVICES)[number]): Promise<any> =>
    (await fetch(`http://127.0.0.1:${system.port + 5 + SERVICES.indexOf(service)}/readyz`)).json();

  it('are made on what an older version stored, which is there as before', async () => {
    const events: unknown[] = [];
    for await (const { event: stored } of connect('connections').readStream(BEFORE)) events.push(stored?.data);
    expect(events).toEqual([{ n: 1 }]);
  });

  it.each(SERVICES)('let %s read everything and append, and nothing else', async (service) => {
    const client = connect(service);
    await first(client);
    const stream = `w-${service}`;
    await client.appendToStream(stream, event());
    for (const refused of [
      () => client.deleteStream(stream),
      () => client.tombstoneStream(stream),
      () => client.setStreamMetadata(stream, { maxCount: 1 }),
      () => client.setStreamMetadata('$all', { acl: { readRoles: ['$all'] } }),
      () => client.appendToStream('$settings', event()),
      () => client.readStream('$settings')[Symbol.asyncIterator]().next(),
      () => client.readStream(`$user-${service}`)[Symbol.asyncIterator]().next(),
    ])
      expect(await refusalOf(refused)).not.toBe(UNAUTHENTICATED);

    const account = `${service}:${passwordOf(service)}`;
    const user = { loginName: 'mine', fullName: '', groups: ['$admins'], password: 'mine' };
    expect(await http('POST', '/users/', account, user)).toBe(403);
    expect(await http('POST', '/users/admin/command/reset-password', account, { newPassword: 'mine' })).toBe(403);
    expect(await http('GET', '/users/admin', account)).toBe(403);
    expect(await http('POST', '/admin/scavenge', account)).toBe(403);
    expect(await http('POST', '/admin/backup', account)).toBe(403);
  });

  it('let in nobody with a wrong password, without an account, or without TLS', async () => {
    expect(await refusalOf(() => first(connect('connections', 'wrong')))).toBe(UNAUTHENTICATED);
    expect(await refusalOf(() => first(connect('nobody', 'x')))).toBe(UNAUTHENTICATED);
    expect(await refusalOf(() => first(connect('admin', 'changeit')))).toBe(UNAUTHENTICATED);
    expect(await http('POST', '/users/')).toBe(401);
    const withoutAccount = `esdb://localhost:${system.port + 2}?tls=true&tlsCaFile=${encodeURIComponent(caFile())}`;
    const stranger = EventStoreDBClient.connectionString(withoutAccount);
    expect(await refusalOf(() => first(stranger))).not.toBe(UNAUTHENTICATED);
    expect(await refusalOf(() => stranger.appendToStream('s', event()))).not.toBe(UNAUTHENTICATED);
    const plain = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${system.port + 2}?tls=false`);
    await expect(first(plain)).rejects.toThrow();
  });

  it('that are wrong show in readiness in a sentence; the service stays up, and the next start puts them right', async () => {
    const pid = system.pidOf('discovery');
    const reset = { newPassword: 'another' };
    const path = '/users/discovery/command/reset-password';
    expect(await http('POST', path, `admin:${passwordOf('admin')}`, reset)).toBe(200);
    const said = await eventually(
      async () => {
        const { ready, contributors } = await readyzOf('discovery');
        const { message } = contributors.find(({ name }: { name: string }) => name === 'event store');
        return !ready && /refuses/.test(message) && (message as string);
      },
      { timeoutMs: 20_000 },
    );
    expect(said).toMatch(/^The event store refuses this service's credentials since \S+: .*its password is wrong$/);
    expect(system.pidOf('discovery')).toBe(pid);
    expect(await system.stop()).toBe(0);
    await system.start();
    expect(await readyzOf('discovery')).toMatchObject({ ready: true });
    await first(connect('discovery'));
  }, 120_000);
});
