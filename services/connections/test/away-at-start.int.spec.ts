import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createNkeyUser } from '@mooring/messaging';
import { Secret, type InProcessService } from '@mooring/service-host';
import { enter } from './kubeconfigs.ts';
import { at, factsOf } from './facts.ts';
import { readinessOf, startProxies, untilMissing, untilReady, type Engine, type Proxied } from './proxied.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let proxied: Proxied;

beforeAll(async () => {
  world = await startWorld();
  proxied = await startProxies(world);
}, 60_000);

afterAll(async () => {
  await proxied[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

const SENTENCE: Readonly<Record<Engine, RegExp>> = {
  database: /^PostgreSQL cannot be reached since \d{4}-\d\d-\d\dT[\d:.]+Z/,
  'event store': /^The event store cannot be reached since \d{4}-\d\d-\d\dT[\d:.]+Z/,
  bus: /^NATS cannot be reached since \d{4}-\d\d-\d\dT[\d:.]+Z/,
};

/** A connection goes its whole way, so everything works: tables, consumers, relay, event store. */
async function worksEntirely(service: InProcessService): Promise<void> {
  const id = await enter(service, world);
  await factsOf(world, id).seen(at(1, 1));
  await world.until(id, 'ConnectionRegistered');
}

const startWithout = async (engine: Engine, way: 'refused' | 'stalled'): Promise<InProcessService> => {
  await proxied.engines[engine].become(way);
  return world.start(proxied.urls, { untilServing: false });
};

describe.each(['refused', 'stalled'] as const)('an engine whose connections are %s at the start', (way) => {
  it('PostgreSQL: nothing is served, everything is answered 503, and all begins when it is there', async () => {
    await using service = await startWithout('database', way);
    await untilMissing(service, 'database', SENTENCE.database);
    for (const [method, path] of [
      ['GET', '/api/connections'],
      ['POST', '/api/imports'],
    ] as const) {
      const { status, headers, body } = await service.call(method, path);
      expect(status).toBe(503);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect(body).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('PostgreSQL') });
    }
    await proxied.engines.database.become('open');
    await untilReady(service);
    await worksEntirely(service);
  }, 60_000);

  it('the event store: reads are served, and commands as soon as it is there', async () => {
    await using service = await startWithout('event store', way);
    await service.serving;
    await untilMissing(service, 'event store', SENTENCE['event store']);
    expect((await service.call('GET', '/api/connections')).status).toBe(200);
    await proxied.engines['event store'].become('open');
    await untilReady(service);
    await worksEntirely(service);
  }, 60_000);

  it('NATS: reads and commands are served, and what was recorded is published when it is there', async () => {
    await using service = await startWithout('bus', way);
    await service.serving;
    await untilMissing(service, 'bus', SENTENCE.bus);
    expect((await service.call('GET', '/api/connections')).status).toBe(200);
    await proxied.engines.bus.become('open');
    await untilReady(service);
    await worksEntirely(service);
  }, 60_000);
});

describe('credentials that an engine refuses', () => {
  it('of PostgreSQL are told apart from an engine that is away', async () => {
    const databaseUrl = new URL(world.databaseUrl);
    databaseUrl.password = 'wrong';
    await using service = await world.start({ databaseUrl: databaseUrl.href }, { untilServing: false });
    await untilMissing(service, 'database', /^PostgreSQL refuses this service's credentials since .*: .*password/);
    expect((await service.call('GET', '/api/connections')).status).toBe(503);
  }, 30_000);

  it('of NATS as well', async () => {
    const natsSeed = new Secret(createNkeyUser().seed);
    await using service = await world.start({ natsSeed }, { untilServing: false });
    await service.serving;
    await untilMissing(service, 'bus', /^NATS refuses this service's credentials since /);
    expect((await service.call('GET', '/api/connections')).status).toBe(200);
    expect(await readinessOf(service, 'database')).toMatchObject({ ready: true });
  }, 30_000);
});
