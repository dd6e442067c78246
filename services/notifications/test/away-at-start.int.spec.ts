import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUuid } from '@mooring/kernel';
import { eventually, startFaultyProxy } from '@mooring/testing';
import { factsOf, range } from './facts.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 60_000);

describe('an engine that is away when notifications starts', () => {
  it.each(['PostgreSQL', 'NATS'] as const)(
    '%s: nothing that was said meanwhile is missing when it is there',
    async (engine) => {
      const port = engine === 'NATS' ? world.nats.port : Number(new URL(world.databaseUrl).port);
      await using proxy = await startFaultyProxy(port);
      await proxy.become('refused');
      const changes =
        engine === 'NATS'
          ? { natsUrl: proxy.urlFor(world.nats.url) }
          : { databaseUrl: proxy.urlFor(world.databaseUrl) };
      await using service = await world.start(changes, { untilServing: false });
      const thing = randomUuid();
      await world.say(
        'connections',
        range(5).map((sequence) => factsOf(thing).failure(sequence)),
      );
      await eventually(async () => {
        const { status, body } = await service.call('GET', '/readyz');
        expect([status, JSON.stringify(body)]).toEqual([503, expect.stringContaining(`${engine} cannot be reached`)]);
      });
      if (engine === 'NATS') await service.serving;
      expect((await service.call('GET', '/api/events')).status).toBe(engine === 'NATS' ? 200 : 503);

      await proxy.become('open');
      await service.serving;
      await eventually(
        async () => expect((await world.notificationOf(thing)).at(-1)?.data).toMatchObject({ count: 5 }),
        { timeoutMs: 15_000 },
      );
      await eventually(async () => expect((await service.call('GET', '/readyz')).status).toBe(200), {
        timeoutMs: 10_000,
      });
      expect((await service.call('GET', `/api/events?subject=${thing}`)).status).toBe(200);
    },
    60_000,
  );
});
