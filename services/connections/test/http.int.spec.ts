import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionPage } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { configTable, fullSpec, type Answer, type InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionsService } from '../src/service.ts';
import { at, factsOf } from './facts.ts';
import { enter, hand, kubeconfigOf, newName } from './kubeconfigs.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let service: InProcessService;

beforeAll(async () => {
  world = await startWorld();
  service = await world.start();
}, 60_000);

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

/** A cursor of another make: same list, values that no row has. */
const forged = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

describe('wrong input', () => {
  const uuid = randomUuid();
  it.each([
    ['an id that is none', 'GET', '/api/connections/x', 400],
    ['an id nobody has', 'GET', `/api/connections/${uuid}`, 404],
    ['the history of nobody', 'GET', `/api/connections/${uuid}/history`, 404],
    ['the state of nobody', 'GET', `/api/connections/${uuid}/state`, 404],
    ['a revision that is none', 'GET', `/api/connections/${uuid}/state?revision=-1`, 400],
    ['a moment that is none', 'GET', `/api/connections/${uuid}/state?at=yesterday`, 400],
    ['revision and moment', 'GET', `/api/connections/${uuid}/state?revision=1&at=2026-01-01T00:00:00Z`, 400],
    ['a revision not there yet', 'GET', `/api/connections/${uuid}?atLeastRevision=3`, 412],
    ['an import nobody knows', 'GET', `/api/imports/${uuid}`, 404],
    ['an unknown filter', 'GET', '/api/connections?colour=red', 400],
    ['an unknown state', 'GET', '/api/connections?state=asleep', 400],
    ['an unknown sort', 'GET', '/api/connections?sort=colour', 400],
    ['a limit of nought', 'GET', '/api/connections?limit=0', 400],
    ['a limit too large', 'GET', '/api/connections?limit=100000', 400],
    ['a cursor that is none', 'GET', '/api/connections?cursor=abc', 400],
    ['the cursor of another list', 'GET', `/api/connections?cursor=${forged('imports', 'a', 'b')}`, 400],
    ['a forged cursor', 'GET', `/api/connections?cursor=${forged('connections asc name', 'a', 'no uuid')}`, 400],
    [
      'a forged moment',
      'GET',
      `/api/connections?sort=changedAt&cursor=${forged('connections asc changed_at', 'never', uuid)}`,
      400,
    ],
    ['a forged cursor of imports', 'GET', `/api/imports?cursor=${forged('imports', 'never', uuid)}`, 400],
    [
      'a forged cursor of a history',
      'GET',
      `/api/connections/${uuid}/history?cursor=${forged(`history ${uuid}`, 'first')}`,
      400,
    ],
    ['a filter with a character that no text may have', 'GET', '/api/connections?name=%00', 400],
    ['another one', 'GET', '/api/connections?clusterUid=a%00b', 400],
    ['an action nobody knows', 'POST', `/api/connections/${uuid}/explode`, 400],
    ['an action on nobody', 'POST', `/api/connections/${uuid}/delete`, 404],
    ['an import without a body', 'POST', '/api/imports', 400],
  ])('%s is answered with problem details', async (_name, method, path, status) => {
    const answer = await service.call(method, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(answer.body).toMatchObject({ status, type: expect.stringContaining('urn:meshery:problem:') });
  });

  it.each([
    ['no YAML', '{ contexts: [', 400, 'not-yaml'],
    ['another document', 'kind: Deployment', 400, 'not-a-kubeconfig'],
    ['no contexts', 'kind: Config', 400, 'no-contexts'],
    ['a name that no database can hold', 'contexts: [{name: "a\\0b", context: {}}]', 400, 'not-a-kubeconfig'],
    [
      'more contexts than are taken',
      kubeconfigOf(Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`c${index}`, {}]))),
      413,
      'too-many-contexts',
    ],
    ['too many bytes', `# ${'x'.repeat(6_000_000)}`, 413, 'body-too-large'],
    ['names too long to be recorded', kubeconfigOf({ ['x'.repeat(600_000)]: {} }), 400, 'not-a-kubeconfig'],
  ])('a kubeconfig that is %s is refused as a whole', async (_name, body, status, code) => {
    const answer = await service.call('POST', '/api/imports', {
      body,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('an import of another media type is refused', async () => {
    const answer = await service.call('POST', '/api/imports', { body: 'x', headers: { 'content-type': 'text/csv' } });
    expect(answer.status).toBe(415);
  });

  it('an action that the state does not allow is a conflict that says what is', async () => {
    const id = await enter(service, world);
    const { status, body } = await service.call('POST', `/api/connections/${id}/maintain`);
    expect([status, body]).toEqual([
      409,
      expect.objectContaining({ state: 'not_found', command: 'maintain', allowedActions: ['reconnect', 'delete'] }),
    ]);
    expect(await world.eventsOf(id)).toHaveLength(1);
  }, 20_000);

  it('contexts whose names look numbered are all accounted for', async () => {
    const one = kubeconfigOf({ a: {}, 'a (2)': {} });
    const parsed = JSON.parse(one) as { contexts: unknown[] };
    const { contexts } = await hand(
      service,
      JSON.stringify({ ...parsed, contexts: [parsed.contexts[0], ...parsed.contexts] }),
    );
    expect(contexts.map(({ context }) => context).sort()).toEqual(['a', 'a (2)', 'a (3)']);
  });
});

describe('a repeated request', () => {
  it('with the same idempotency key is the same import and the same command', async () => {
    const headers = { 'idempotency-key': randomUuid() };
    const body = kubeconfigOf({ [newName()]: {} });
    const answers = await Promise.all([1, 2].map(() => service.call('POST', '/api/imports', { body, headers })));
    const [one, other] = answers.map((answer) => answer.body as { id: string; contexts: { connectionId: string }[] });
    expect(other?.id).toBe(one?.id);
    const id = one?.contexts[0]?.connectionId ?? '';
    await world.until(id, 'ConnectionEntered');
    await factsOf(world, id).seen(at(1, 1));
    await world.until(id, 'ConnectionRegistered');
    const commands = [1, 2].map(() => service.call('POST', `/api/connections/${id}/ignore`, { headers }));
    const [first, second] = await Promise.all(commands);
    expect(second?.body).toMatchObject({ revision: (first?.body as { revision: string }).revision });
    expect(await world.eventsOf(id)).toHaveLength(4);
  }, 20_000);

  it('with the same idempotency key and another kubeconfig is refused, and the first import stands', async () => {
    const headers = { 'idempotency-key': randomUuid() };
    const body = kubeconfigOf({ [newName()]: {} });
    const first = await service.call('POST', '/api/imports', { body, headers });
    const other = await service.call('POST', '/api/imports', { body: kubeconfigOf({ [newName()]: {} }), headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    const again = await service.call('POST', '/api/imports', { body, headers });
    expect(again).toMatchObject({ status: 202, body: { id: (first.body as { id: string }).id } });
  });
});

describe('an event store that is away', () => {
  it('is answered 503 with Retry-After, leaves nothing half done, and is back by itself', async () => {
    const name = newName();
    const id = await enter(service, world);
    await factsOf(world, id).seen(at(1, 1));
    await world.until(id, 'ConnectionRegistered');
    const list = (): Promise<Answer> => service.call('GET', '/api/connections?limit=500&state=registered');
    const before = await eventually(async () => {
      const answer = await list();
      expect(JSON.stringify(answer.body)).toContain(id);
      return answer;
    });
    await world.eventStoreNode.crash();
    const text = kubeconfigOf({ [name]: {} });
    const answers = await Promise.all([
      service.call('POST', `/api/connections/${id}/ignore`),
      service.call('POST', '/api/imports', { body: text }),
    ]);
    for (const { status, headers } of answers)
      expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    await factsOf(world, id).linked(at(2, 2));
    const during = await list();
    expect((during.body as ConnectionPage).items).toEqual((before.body as ConnectionPage).items);

    await world.eventStoreNode.restart();
    expect(await world.until(id, 'ConnectionConnected')).toHaveLength(4);
    await eventually(async () => expect((await service.call('GET', '/readyz')).status).toBe(200), {
      timeoutMs: 15_000,
    });
    const { body } = await service.call('GET', '/api/imports?limit=500');
    expect(JSON.stringify(body)).not.toContain(name);
    expect((await service.call('POST', `/api/connections/${id}/ignore`)).status).toBe(200);
  }, 60_000);
});

/** Formatting pads cells; what they say is the same. */
const squeeze = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');

describe('the README', () => {
  it('has the table of the configuration', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(squeeze(readme)).toContain(squeeze(configTable(fullSpec(connectionsService))));
  });
});
