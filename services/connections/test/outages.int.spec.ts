import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUuid } from '@mooring/kernel';
import type { Answer, InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { sql } from 'kysely';
import { at, factsOf } from './facts.ts';
import { enter, hand, kubeconfigOf, newName } from './kubeconfigs.ts';
import { startProxies, untilMissing, untilReady, type Engine, type Proxied } from './proxied.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let proxied: Proxied;
let service: InProcessService;

beforeAll(async () => {
  world = await startWorld();
  proxied = await startProxies(world);
  service = await world.start({ ...proxied.urls, orphanAfterMs: 1_000 });
}, 60_000);

afterEach(async () => {
  await Promise.all(Object.values(proxied.engines).map((proxy) => proxy.become('open')));
  await untilReady(service, 20_000);
}, 30_000);

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await proxied[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

/** Everything must go on so soon after the engine is back. */
const BACK_WITHIN_MS = 5_000;

const registered = async (): Promise<string> => {
  const id = await enter(service, world);
  await factsOf(world, id).seen(at(1, 1));
  await world.until(id, 'ConnectionRegistered');
  return id;
};

const ignore = (id: string, key: string = randomUuid()): Promise<Answer> =>
  service.call('POST', `/api/connections/${id}/ignore`, { headers: { 'idempotency-key': key } });

const list = (): Promise<Answer> => service.call('GET', '/api/connections?limit=500');

function expectRetryLater({ status, headers, body }: Answer, code: RegExp): void {
  expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ code: expect.stringMatching(code) });
}

/** That everything flows again: a fact of discovery arrives, is decided, recorded, published and projected. */
async function goesOn(id: string): Promise<void> {
  await factsOf(world, id).seen(at(1, 1));
  await eventually(
    async () => {
      const { body } = await service.call('GET', `/api/connections/${id}`);
      expect(body).toMatchObject({ state: 'registered' });
    },
    { timeoutMs: BACK_WITHIN_MS },
  );
}

const WAYS = ['refused', 'stalled'] as const;

describe.each(WAYS)('NATS whose connections are %s', (way) => {
  it('keeps nobody from reading and commanding; what was recorded is published and handled when it is back', async () => {
    const id = await registered();
    await proxied.engines.bus.become(way);
    if (way === 'refused') await untilMissing(service, 'bus', /^NATS cannot be reached since/);
    expect((await list()).status).toBe(200);
    const receipt = await hand(service, kubeconfigOf({ [newName()]: {} }));
    expect((await ignore(id)).status).toBe(200);

    await proxied.engines.bus.become('open');
    await untilReady(service, BACK_WITHIN_MS);
    // An import is entered by the service's own handler, which hears of it over the bus.
    const entered = receipt.contexts[0]?.connectionId ?? '';
    await world.until(entered, 'ConnectionEntered');
    await goesOn(entered);
  }, 60_000);
});

describe.each(WAYS)('an event store whose connections are %s', (way) => {
  it('lets nobody command: 503 with Retry-After, and nothing is recorded then or later; reads go on', async () => {
    const id = await registered();
    const before = await world.eventsOf(id);
    await proxied.engines['event store'].become(way);
    await untilMissing(service, 'event store', /^The event store cannot be reached since/);
    const [command, submission, read] = await Promise.all([
      ignore(id),
      service.call('POST', '/api/imports', { body: kubeconfigOf({ [newName()]: {} }) }),
      list(),
    ]);
    expectRetryLater(command, /^(unavailable|timeout)$/);
    expectRetryLater(submission, /^(unavailable|timeout)$/);
    expect(read.status).toBe(200);

    await proxied.engines['event store'].become('open');
    await untilReady(service, BACK_WITHIN_MS);
    await goesOn(await enter(service, world));
    expect(await world.eventsOf(id)).toEqual(before);
  }, 60_000);
});

describe('a command whose answer got lost', () => {
  it('is answered outcome-unknown, and its repeat with the same Idempotency-Key has one effect', async () => {
    const id = await registered();
    const key = randomUuid();
    await proxied.engines['event store'].become({ deafFrom: key });
    const lost = await ignore(id, key);
    expectRetryLater(lost, /^outcome-unknown$/);
    expect(lost.body).toMatchObject({ detail: expect.stringContaining('Idempotency-Key') });
    // It did happen; nobody could know.
    const then = await world.eventsOf(id);
    expect(then.at(-1)?.type).toBe('ConnectionIgnored');

    await proxied.engines['event store'].become('open');
    const repeated = await ignore(id, key);
    expect(repeated).toMatchObject({ status: 200, body: { revision: then.at(-1)?.revision.toString() } });
    expect(await world.eventsOf(id)).toEqual(then);
  }, 60_000);

  it('leaves no credential behind when it never was recorded', async () => {
    const kept = new Set((await world.vault.list()).map(({ id }) => id));
    const locked = Promise.withResolvers<undefined>();
    const unlock = Promise.withResolvers<undefined>();
    // Holds the request between what it looked up in the event store and what it records there.
    const holding = world.db.transaction().execute(async (tx) => {
      await sql`lock table credential in access exclusive mode`.execute(tx);
      locked.resolve(undefined);
      await unlock.promise;
    });
    await locked.promise;
    const submission = service.call('POST', '/api/imports', { body: kubeconfigOf({ [newName()]: {} }) });
    await eventually(async () => {
      const { rows } = await sql<{ query: string }>`
        select query from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into "credential"%'`.execute(
        world.db,
      );
      expect(rows).toHaveLength(1);
    });
    await proxied.engines['event store'].become('refused');
    unlock.resolve(undefined);
    await holding;
    await eventually(async () => {
      expect((await world.vault.list()).some(({ id }) => !kept.has(id))).toBe(true);
    });
    expectRetryLater(await submission, /^(unavailable|outcome-unknown)$/);
    await proxied.engines['event store'].become('open');
    await eventually(async () => expect((await world.vault.list()).filter(({ id }) => !kept.has(id))).toEqual([]), {
      timeoutMs: 10_000,
    });
  }, 60_000);
});

describe('PostgreSQL', () => {
  it.each(WAYS)(
    '%s: what needs it is answered 503 in bounded time, and all goes on when it is back',
    async (way) => {
      const id = await enter(service, world);
      await proxied.engines.database.become(way);
      await untilMissing(service, 'database', /^PostgreSQL cannot be reached since/);
      const startedAt = performance.now();
      expectRetryLater(await list(), /^(unavailable|timeout)$/);
      expect(performance.now() - startedAt).toBeLessThan(15_000);

      await proxied.engines.database.become('open');
      await untilReady(service, BACK_WITHIN_MS);
      expect((await list()).status).toBe(200);
      await goesOn(id);
    },
    60_000,
  );

  it('that loses every connection at once costs nobody a fact', async () => {
    const id = await enter(service, world);
    proxied.engines.database.cut();
    await goesOn(id);
  }, 30_000);
});

describe('engines that answer slowly', () => {
  it.each<Engine>(['database', 'event store', 'bus'])(
    '%s: everything works, only later',
    async (engine) => {
      await proxied.engines[engine].become({ delayMs: 150 });
      const id = await enter(service, world);
      await goesOn(id);
      expect((await ignore(id)).status).toBe(200);
      expect((await service.call('GET', '/readyz')).status).toBe(200);
    },
    60_000,
  );
});
