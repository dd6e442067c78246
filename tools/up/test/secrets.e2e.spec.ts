import { createSimulatedCluster, kubeconfigOf, type SimulatedCluster } from '@mooring/kube-sim';
import { PRODUCERS, streamOf } from '@mooring/contracts';
import { treeOf } from '@mooring/engines';
import { eventually } from '@mooring/testing';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { natsUrlOf, secretOf } from './backdoors.ts';
import { startCollector, type Collector } from './collector.ts';
import { followEvents, type EventSourceClient } from './event-source.ts';
import { kubeconfigWith } from './kubeconfigs.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

const QUICK = {
  MOORING_UP_DISCOVERY_LOST_WINDOW: '1s',
  MOORING_UP_DISCOVERY_RETRY_MAX: '500ms',
  MOORING_UP_DISCOVERY_REFUSED_RETRY_MIN: '100ms',
};

const MARKER = 's3cr3t-M4RKER-0f-this-t3st';
/** Every credential of this test holds it; some have more around it, so that base64 of it may begin at any of three places. */
const token = (of: string): string => `${of}.${MARKER}.${of}`;

/** The marker as it could appear: plain, in URLs, and in base64 wherever it begins in a group of three bytes. */
const SHAPES: readonly Buffer[] = [
  MARKER,
  encodeURIComponent(MARKER),
  Buffer.from(MARKER).toString('hex'),
  ...[0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + MARKER)
      .toString('base64')
      // The first and the last group depend on what stands around.
      .slice(4, -4),
  ),
].map((shape) => Buffer.from(shape));
const holdsMarker = (bytes: Buffer): boolean => SHAPES.some((shape) => bytes.includes(shape));

/** What is secret of the event store: passwords, and each line of the keys. */
function eventStoreSecretsOf(system: System): readonly Buffer[] {
  const folder = join(system.dataFolder, 'secrets');
  return readdirSync(folder)
    .filter((name) => /^event-store-.*\.(password|pem)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      // Certificates are for everybody.
      const [, key] = /BEGIN PRIVATE KEY-----\n([^-]+)/.exec(text) ?? [];
      return (key ?? text).trim().split('\n');
    })
    .filter((line) => line.length > 20)
    .flatMap((line) => [Buffer.from(line), Buffer.from(Buffer.from(line).toString('base64').slice(0, -4))]);
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a credential', () => {
  let system: System;
  let clusters: readonly SimulatedCluster[] = [];
  let collector: Collector;
  let client: EventSourceClient;
  const answers: string[] = [];

  const call = async (method: string, path: string, options = {}): Promise<any> => {
    const answer = await system.call(method, path, options);
    const headers = JSON.stringify([...answer.headers]);
    answers.push(`${method} ${path} ${answer.status} ${headers} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const upload = (body: string, type = 'application/yaml', query = ''): Promise<any> =>
    call('POST', `/api/imports${query}`, { body, headers: { 'content-type': type } });
  const withToken = ({ name, server, keys }: SimulatedCluster, as = name, of = name): string =>
    kubeconfigOf([{ name: as, server, keys: { ...keys, token: token(of) } }]);

  beforeAll(async () => {
    clusters = await Promise.all(
      ['berth', 'canal', 'delta'].map((name) => createSimulatedCluster({ name, nodes: 1, pods: 1 })),
    );
    for (const cluster of clusters) cluster.rotateToken(token(cluster.name));
    collector = await startCollector();
    system = await startSystem({ env: QUICK, args: ['--otlp', collector.url] });
    client = await followEvents(system, '0');
  }, 120_000);

  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
    for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
  }, 60_000);

  it('lets in, is rotated, superseded and erased', async () => {
    const [berth, canal] = clusters as [SimulatedCluster, SimulatedCluster];
    const first = await upload(withToken(berth));
    expect(first.status).toBe(202);
    await connectionIn(system, 'berth', 'connected');
    berth.rotateToken(token('berth-rotated'));
    const { body } = await upload(withToken(berth, 'renamed', 'berth-rotated'));
    expect(await outcomesOf(system, body.id)).toMatchObject({ renamed: { outcome: 'superseded' } });
    // A client certificate whose key is as secret as a token.
    await upload(kubeconfigOf([{ name: 'canal', server: canal.server, keys: canal.keys, auth: 'certificate' }]));
    const { id } = await connectionIn(system, 'canal', 'connected');
    expect((await call('POST', `/api/connections/${id}/delete`)).status).toBe(200);
    await connectionIn(system, 'berth', 'connected');
  }, 60_000);

  it('is refused by its cluster in every way', async () => {
    const [, , delta] = clusters as [SimulatedCluster, SimulatedCluster, SimulatedCluster];
    await upload(withToken(delta, 'wrong-token', 'nobody'));
    await connectionIn(system, 'wrong-token', 'disconnected');
    await upload(
      kubeconfigWith([
        { name: 'wrong-authority', server: delta.server, user: { token: token('wrong-authority') } },
        { name: 'password', user: { username: `user-${MARKER}`, password: token('password') } },
        { name: 'away', user: { token: token('away') } },
      ]),
    );
    await connectionIn(system, 'wrong-authority', 'disconnected');
    await connectionIn(system, 'away', 'not_found');
    // What answers in its place repeats what it was told.
    delta.faults.respond({ status: 401, body: `{"kind":"Status","message":"unknown token ${token('delta')}"}` });
    await upload(withToken(delta, 'echo'));
    await connectionIn(system, 'echo', 'disconnected');
    delta.faults.clear();
  }, 60_000);

  it('stands in a text that cannot be used', async () => {
    const in64 = Buffer.from(MARKER).toString('base64');
    const texts = [
      `users: [{name: x, user: {token: *${MARKER}}}]`,
      `a: "${MARKER}`,
      `- ${MARKER}\nb: c`,
      `kind: ${MARKER}`,
      `{"token": "${MARKER}", }}`,
      `contexts: ${MARKER}`,
      `contexts: [${MARKER}]`,
      `token: !${MARKER} {`,
      MARKER,
    ];
    for (const text of texts) {
      for (const type of ['application/yaml', 'application/json', 'text/plain', `text/${MARKER}`]) {
        const { status } = await upload(text, type);
        expect([text, type, status]).toEqual([text, type, type.startsWith('application') ? 400 : 415]);
      }
    }
    const wrong = [
      { token: [MARKER] },
      { token: { value: MARKER } },
      { password: 7, username: MARKER },
      { 'client-certificate-data': MARKER },
      { 'client-certificate-data': in64, 'client-key-data': in64 },
      { 'client-key-data': Buffer.from(`-----BEGIN PRIVATE KEY-----\n${MARKER}`).toString('base64') },
      { exec: { command: 'aws', args: [MARKER], env: [{ name: 'TOKEN', value: MARKER }] } },
      { exec: { command: [MARKER] } },
      { 'auth-provider': { config: { 'access-token': MARKER } } },
      { as: MARKER, token: MARKER },
      { tokenFile: `/nowhere/${MARKER}` },
    ].map((user, index) => ({ name: `user-${index}`, user }));
    const addresses = [
      `https://me:${MARKER}@127.0.0.1:1`,
      `https://127.0.0.1:1/?token=${MARKER}`,
      `https://127.0.0.1:1/#${MARKER}`,
      `${MARKER}://127.0.0.1`,
      `not a URL ${MARKER}`,
    ].map((server, index) => ({ name: `address-${index}`, server }));
    const data = { name: 'authority', cluster: { 'certificate-authority-data': in64 } };
    const { body } = await upload(kubeconfigWith([...wrong, ...addresses, data]));
    const outcomes = Object.values(await outcomesOf(system, body.id)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['invalid']));
  }, 60_000);

  it('comes with a request that is refused', async () => {
    for (const [headers, status] of [
      [{ authorization: `Bearer ${MARKER}` }, 401],
      [{ authorization: `Basic ${Buffer.from(MARKER).toString('base64')}` }, 401],
      [{ 'idempotency-key': `${MARKER} with a space` }, 400],
      [{ origin: `https://${MARKER}` }, 403],
    ] as const) {
      const answer = await call('POST', '/api/imports', {
        body: `token: ${MARKER}`,
        headers: { 'content-type': 'application/yaml', ...headers },
      });
      expect([headers, answer.status]).toEqual([headers, status]);
    }
    const big = await upload(`# ${MARKER}\n${'x'.repeat(5 * 1024 * 1024)}`);
    expect(big.status).toBe(413);
  }, 30_000);

  it('is then in no answer, message, live event or span, and in no file but those of the secrets', async () => {
    for (const path of [
      '/api/connections?state=not_found,discovered,registered,connected,ignored,maintenance,disconnected,deleted&limit=200',
      '/api/imports?limit=200',
      '/api/clusters?limit=200',
      '/api/resources?limit=200',
      '/api/events?limit=200',
      '/api/notifications?limit=200',
    ]) {
      const { status, body } = await call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      for (const { id } of path.startsWith('/api/connections') ? body.items : []) {
        for (const part of ['', '/history?limit=200', '/state']) await call('GET', `/api/connections/${id}${part}`);
      }
      for (const { id } of path.startsWith('/api/imports') ? body.items : []) await call('GET', `/api/imports/${id}`);
    }
    expect(answers.filter((answer) => holdsMarker(Buffer.from(answer)))).toEqual([]);

    const nats = await connect({
      servers: natsUrlOf(system),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(secretOf(system, 'nats-reader.seed'))),
    });
    const manager = await jetstreamManager(nats, { checkAPI: false });
    const messages: Buffer[] = [];
    for (const stream of PRODUCERS.map(streamOf)) {
      await manager.consumers.add(stream, { name: 'reader', durable_name: 'reader', ack_policy: AckPolicy.None });
      const consumer = await jetstream(nats).consumers.get(stream, 'reader');
      const { num_pending } = await consumer.info();
      for await (const message of await consumer.fetch({ max_messages: num_pending, expires: 5_000 })) {
        messages.push(Buffer.from(message.data), Buffer.from(JSON.stringify([...(message.headers ?? [])])));
      }
    }
    await nats.close();
    expect(messages.length).toBeGreaterThan(50);
    expect(messages.filter(holdsMarker).map(String)).toEqual([]);

    const position = Number((await call('GET', '/api/events?limit=1')).body.position);
    await eventually(() => expect(client.messages.length).toBeGreaterThanOrEqual(position));
    expect(client.messages.filter(({ data }) => holdsMarker(Buffer.from(data)))).toEqual([]);

    const ownSecrets = eventStoreSecretsOf(system);
    expect(ownSecrets.length).toBeGreaterThan(50);
    const holdsOwn = (bytes: Buffer): boolean => ownSecrets.some((secret) => bytes.includes(secret));
    const commandLines = treeOf(system.child.pid!).map((pid) => readFileSync(`/proc/${pid}/cmdline`));
    expect(commandLines.length).toBeGreaterThan(8);
    expect(commandLines.filter(holdsOwn).map(String)).toEqual([]);
    expect(messages.filter(holdsOwn).map(String)).toEqual([]);
    expect(answers.filter((answer) => holdsOwn(Buffer.from(answer)))).toEqual([]);

    // What was still in memory is written by then.
    expect(await system.stop()).toBe(0);
    expect(collector.spans.length).toBeGreaterThan(100);
    expect(collector.texts.filter((text) => holdsMarker(Buffer.from(text)))).toEqual([]);
    expect(holdsMarker(Buffer.from(system.output()))).toBe(false);
    expect(holdsOwn(Buffer.from(system.output()))).toBe(false);
    expect(collector.texts.filter((text) => holdsOwn(Buffer.from(text)))).toEqual([]);

    const files = filesOf(system.dataFolder).filter(
      (file) => !relative(system.dataFolder, file).startsWith('secrets/'),
    );
    const folders = new Set(files.map((file) => relative(system.dataFolder, file).split('/')[0]));
    expect([...folders]).toEqual(expect.arrayContaining(['nats', 'postgres', 'event-store', 'logs']));
    expect(files.filter((file) => holdsMarker(readFileSync(file)))).toEqual([]);
    expect(files.filter((file) => holdsOwn(readFileSync(file)))).toEqual([]);
    // The search itself finds what is there.
    expect(holdsMarker(Buffer.from(Buffer.from(token('berth')).toString('base64')))).toBe(true);
  }, 90_000);
});
