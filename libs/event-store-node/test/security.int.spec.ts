import { jest } from '@jest/globals';
import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { EventStoreNode } from '../src/node.ts';
import { startNodeProcess } from './own-process.ts';
import { callHttps, CERTIFICATE_FILE, connectionString, PRIVATE_KEY_FILE, secureNode } from './secure-node.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const ADMIN = 'admin:changeit';
const event = () => jsonEvent({ type: 'T', data: { n: 1 } });

let folder: TemporaryFolder;
let node: EventStoreNode;
beforeAll(async () => {
  folder = temporaryFolder();
  node = await secureNode(folder.path);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const connect = (account: string): EventStoreDBClient =>
  EventStoreDBClient.connectionString(connectionString(node, account));

const makeUser = (loginName: string, groups: readonly string[], as = ADMIN) =>
  callHttps(node.httpPort, 'POST', '/users/', {
    as,
    body: { loginName, fullName: `The ${loginName}`, groups, password: `secret of ${loginName}` },
  });
const accountOf = (loginName: string): string => `${loginName}:${encodeURIComponent(`secret of ${loginName}`)}`;

const firstOfAll = async (client: EventStoreDBClient): Promise<unknown> => {
  for await (const { event: first } of client.readAll({ maxCount: 1 })) return first?.type;
  return undefined;
};

describe('accounts', () => {
  it('are made by an administrator, once, and by nobody else', async () => {
    expect((await makeUser('first', ['mooring'])).status).toBe(201);
    expect((await makeUser('first', ['mooring'])).status).toBe(409);
    expect((await makeUser('second', [], 'ops:changeit')).status).toBe(403);
    expect((await makeUser('second', [], 'admin:wrong')).status).toBe(401);
    expect((await makeUser('../x', [])).status).toBe(400);
    const shown = await callHttps(node.httpPort, 'GET', '/users/first', { as: ADMIN });
    expect(JSON.parse(shown.body)).toMatchObject({
      data: { loginName: 'first', groups: ['mooring'], disabled: false },
    });
    expect(shown.body).not.toMatch(/hash|salt|secret/u);
  });

  it('are not made by a page in a browser', async () => {
    const answer = await callHttps(node.httpPort, 'POST', '/users/', {
      as: ADMIN,
      body: {},
      headers: { origin: 'https://example.org' },
    });
    expect(answer.status).toBe(403);
  });

  it('with another password are refused with the old one', async () => {
    await makeUser('changing', []);
    const before = connect(accountOf('changing'));
    await before.appendToStream('changing', event());
    const path = '/users/changing/command/reset-password';
    const reset = await callHttps(node.httpPort, 'POST', path, { as: ADMIN, body: { newPassword: 'other' } });
    expect(reset.status).toBe(200);
    await expect(connect(accountOf('changing')).appendToStream('changing', event())).rejects.toThrow(AccessDeniedError);
    await connect('changing:other').appendToStream('changing', event());
  });

  it('without a certificate nobody connects, and liveness is open to all', async () => {
    expect((await callHttps(node.httpPort, 'GET', '/health/live')).status).toBe(204);
    expect((await callHttps(node.httpPort, 'GET', '/info')).status).toBe(200);
  });
});

describe('rights as the provisioner sets them', () => {
  it('let a service read and write everything, and neither delete nor describe; others have nothing', async () => {
    const admin = connect(ADMIN);
    await makeUser('connections', ['mooring']);
    await makeUser('stranger', []);
    const service = connect(accountOf('connections'));
    const stranger = connect(accountOf('stranger'));
    await stranger.appendToStream('before', event());
    await expect(firstOfAll(service)).rejects.toThrow(AccessDeniedError);

    await admin.setStreamMetadata('$all', { acl: { readRoles: ['mooring', '$admins'] } });
    const all = ['mooring', '$admins'];
    const only = '$admins';
    await admin.appendToStream(
      '$settings',
      jsonEvent({
        type: 'update-default-acl',
        data: {
          $userStreamAcl: { $r: all, $w: all, $mr: all, $d: only, $mw: only },
          $systemStreamAcl: { $r: only, $w: only, $mr: only, $d: only, $mw: only },
        },
      }),
    );

    expect(await firstOfAll(service)).toBe('$User');
    await service.appendToStream('theirs', event());
    await expect(service.deleteStream('theirs')).rejects.toThrow(AccessDeniedError);
    await expect(service.tombstoneStream('theirs')).rejects.toThrow(AccessDeniedError);
    await expect(service.setStreamMetadata('theirs', { maxCount: 1 })).rejects.toThrow(AccessDeniedError);
    await expect(service.appendToStream('$settings', event())).rejects.toThrow(AccessDeniedError);
    await expect(stranger.appendToStream('theirs', event())).rejects.toThrow(AccessDeniedError);
    await expect(firstOfAll(stranger)).rejects.toThrow(AccessDeniedError);
    await admin.deleteStream('theirs');
  });
});

it('as a process of its own it serves TLS by flags, with a first password of choice', async () => {
  using own = temporaryFolder();
  const flags = ['--host', 'localhost', '--tls-certificate', CERTIFICATE_FILE, '--tls-private-key', PRIVATE_KEY_FILE];
  const environment = { EVENTSTORE_NODE_FIRST_PASSWORD: 'chosen' };
  await using started = await startNodeProcess(own.path, flags, environment);
  const client = EventStoreDBClient.connectionString(connectionString(started, 'admin:chosen'));
  await client.appendToStream('s', event());
  const wrong = EventStoreDBClient.connectionString(connectionString(started, ADMIN));
  await expect(wrong.appendToStream('s', event())).rejects.toThrow(AccessDeniedError);
}, 60_000);
