import { randomUuid } from '@mooring/kernel';
import { eventually, startTestEventStore, type TestEventStore } from '@mooring/testing';
import { AccessDeniedError, EventStoreDBClient } from '@eventstore/db-client';
import {
  asAccount,
  createEventStore,
  provisionEventStore,
  type EventStoreAccount,
  type FollowStatus,
  type NewEvent,
  type StoredEvent,
} from '../src/index.ts';

const newEvent = (n: number): NewEvent => ({
  id: randomUuid(),
  type: 'Counted',
  data: { n },
  metadata: { $correlationId: 'op', schemaVersion: 1, systemId: 'test' },
});

const connections: EventStoreAccount = { login: 'connections', password: 'p@ss:w/rd?&% of connections' };
const discovery: EventStoreAccount = { login: 'discovery', password: 'of discovery' };
const accounts = [connections, discovery];

let node: TestEventStore;
beforeEach(async () => {
  node = await startTestEventStore({ secure: true });
});
afterEach(() => node[Symbol.asyncDispose]());

const provision = (changed: Partial<Parameters<typeof provisionEventStore>[0]> = {}): Promise<readonly string[]> =>
  provisionEventStore({ connectionString: node.connectionString, httpUrl: node.httpUrl, accounts, ...changed });

const clientOf = (account: EventStoreAccount): EventStoreDBClient =>
  EventStoreDBClient.connectionString(asAccount(node.connectionString, account));

async function collect(stream: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const codeOf = async (asked: Promise<unknown>): Promise<unknown> => {
  const thrown: unknown = await asked.then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  expect(thrown).toBeInstanceOf(AccessDeniedError);
  return Number((thrown as AccessDeniedError).code);
};
const UNAUTHENTICATED = 16;

describe('provisioning', () => {
  it('says what it made, and nothing when it is repeated, by several at once too', async () => {
    expect((await provision()).toSorted()).toEqual([
      '$all can be read by the group mooring',
      'streams can be read and written by the group mooring and by nobody else',
      'the account connections was made',
      'the account discovery was made',
    ]);
    const admin = EventStoreDBClient.connectionString(node.connectionString);
    const newest = async (): Promise<unknown> => {
      for await (const { event } of admin.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
        return event?.id;
      return undefined;
    };
    const before = await newest();
    expect(await Promise.all([provision(), provision()])).toEqual([[], []]);
    expect(await newest()).toBe(before);
  });

  it('by several at once makes each account once', async () => {
    const changes = (await Promise.all([provision(), provision(), provision()])).flat();
    expect(changes.filter((change) => change.includes('was made')).toSorted()).toEqual([
      'the account connections was made',
      'the account discovery was made',
    ]);
  });

  it('gives an account the password it should have, and leaves the others alone', async () => {
    await provision();
    const changed = { ...discovery, password: 'another' };
    expect(await provision({ accounts: [connections, changed] })).toEqual(['the account discovery got its password']);
    expect(await codeOf(clientOf(discovery).readAll({ maxCount: 1 })[Symbol.asyncIterator]().next())).toBe(
      UNAUTHENTICATED,
    );
  });

  it('says in a sentence what is refused, and never a password', async () => {
    const wrong = asAccount(node.connectionString, { login: 'admin', password: 's3cret' });
    const refusals: readonly [Partial<Parameters<typeof provisionEventStore>[0]>, string, RegExp][] = [
      [{ connectionString: wrong }, 'denied', /no account "admin" at https:.*or its password is wrong/],
      [
        { connectionString: asAccount(node.connectionString, { login: 'ops', password: 'changeit' }) },
        'denied',
        /\$admins/,
      ],
      [{ connectionString: 'esdb://admin:s3cret@localhost:1?tls=false' }, 'invalid', /over TLS/],
      [{ connectionString: node.connectionString.replace('ca.crt', 'other.crt') }, 'invalid', /CA file/],
      [{ httpUrl: 'https://localhost:1' }, 'unavailable', /HTTP API of the event store at https:\/\/localhost:1/],
      [{ accounts: [{ login: 'no such/name', password: 's3cret' }] }, 'invalid', /takes neither such a name/],
      [{ accounts: [{ login: 'ops', password: 's3cret' }] }, 'conflict', /not in the group mooring/],
    ];
    for (const [changed, code, message] of refusals) {
      const refused = provision(changed);
      await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      await expect(refused).rejects.not.toThrow(/s3cret|changeit/);
    }
  });
});

describe('the account of a service', () => {
  it('appends, reads and follows, and is refused everything else', async () => {
    await provision();
    await using store = createEventStore({ connectionString: asAccount(node.connectionString, connections) });
    await store.append('w-1', 'no_stream', [newEvent(0)]);
    expect(await collect(store.read('w-1'))).toHaveLength(1);
    const client = clientOf(connections);
    for (const ask of [
      () => client.deleteStream('w-1'),
      () => client.tombstoneStream('w-1'),
      () => client.setStreamMetadata('w-1', { maxCount: 1 }),
      () => client.setStreamMetadata('$all', { acl: { readRoles: ['$all'] } }),
      () => client.readStream('$settings')[Symbol.asyncIterator]().next(),
      () => client.readStream('$user-admin')[Symbol.asyncIterator]().next(),
    ])
      await expect(ask()).rejects.toThrow(AccessDeniedError);
  });

  it('that is wrong is refused with the reason, and let in once it is right, without a restart', async () => {
    await using store = createEventStore({ connectionString: asAccount(node.connectionString, connections) });
    const refusal = { code: 'denied', message: expect.stringContaining('no such account, or its password is wrong') };
    const abort = new AbortController();
    const statuses: FollowStatus[] = [];
    let seen = 0;
    const following = store.follow({
      prefixes: ['w-'],
      from: 'start',
      signal: abort.signal,
      handle: ({ events }) => {
        seen += events.length;
        return Promise.resolve();
      },
      onStatus: (status) => statuses.push(status),
    });
    await expect(store.append('w-1', 'no_stream', [newEvent(0)])).rejects.toMatchObject(refusal);
    await expect(collect(store.read('w-1'))).rejects.toMatchObject(refusal);
    await eventually(() => expect(statuses.at(-1)).toMatchObject({ state: 'reconnecting', lastError: refusal }));
    await provision();
    await store.append('w-1', 'no_stream', [newEvent(0)]);
    await eventually(() => seen === 1, { timeoutMs: 20_000 });
    abort.abort();
    await following;
  });

  it('says which certificate authority file is missing', () => {
    const moved = asAccount(node.connectionString, connections).replace('ca.crt', 'not-there.crt');
    expect(() => createEventStore({ connectionString: moved })).toThrow(
      expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('not-there.crt') }),
    );
  });
});
