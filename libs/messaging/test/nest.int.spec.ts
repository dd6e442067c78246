import 'reflect-metadata';
import { Controller, Module, type INestApplication, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Ctx, EventPattern, Payload, type CustomStrategy } from '@nestjs/microservices';
import { Registry } from 'prom-client';
import { SUBSCRIPTIONS, WatchBegun, type CloudEvent, type DataOf } from '@mooring/contracts';
import { Failure, randomUuid } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import {
  FailureFilter,
  JetStreamStrategy,
  createMessagingMetrics,
  listDeadLetters,
  type Delivery,
} from '../src/index.ts';
import { cloudEvent, publish } from './events.ts';
import { startOpenNats } from './harness.ts';

const handled: { epoch: number; sequence: number; tries: number }[] = [];

@Controller()
class Watches {
  @EventPattern<string>(WatchBegun.type)
  async onWatchBegun(@Payload() event: CloudEvent<DataOf<typeof WatchBegun>>, @Ctx() delivery: Delivery) {
    await Promise.resolve();
    if (event.data.epoch === 2 && delivery.tries === 1) throw new Failure('conflict', 'another writer');
    if (event.data.epoch === 3) throw new Failure('invalid', 'no such cluster');
    handled.push({ epoch: event.data.epoch, sequence: delivery.sequence, tries: delivery.tries });
  }
}

@Module({ controllers: [Watches] })
class TestModule {}

/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- Nest types its options by a class of fields */
async function startAlone(strategy: JetStreamStrategy): Promise<INestMicroservice> {
  const service = await NestFactory.createMicroservice<CustomStrategy>(TestModule, { strategy, logger: false });
  service.useGlobalFilters(new FailureFilter());
  await service.listen();
  return service;
}

async function startBesideHttp(strategy: JetStreamStrategy): Promise<INestApplication> {
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false });
  app
    .connectMicroservice({ strategy }, { inheritAppConfig: false, deferInitialization: true })
    .useGlobalFilters(new FailureFilter());
  await app.init();
  await app.startAllMicroservices();
  return app;
}
/* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */

describe('the JetStream strategy of Nest', () => {
  it.each([
    ['alone', startAlone],
    ['beside HTTP', startBesideHttp],
  ])('gives events to @EventPattern handlers and settles by what they throw, %s', async (_where, start) => {
    await using open = await startOpenNats();
    const registry = new Registry();
    const strategy = new JetStreamStrategy({
      bus: open.bus,
      consumer: 'connections',
      subscriptions: SUBSCRIPTIONS,
      policy: { triesMax: 3, bugTriesMax: 2, outageTriesMax: 9, delayMinMs: 10, delayMaxMs: 20, outageDelayMaxMs: 20 },
      metrics: createMessagingMetrics(registry),
    });
    handled.length = 0;
    const service = await start(strategy);
    const id = randomUuid();
    for (const epoch of [1, 2, 3, 4]) await publish(open.bus, cloudEvent(id, epoch));
    await eventually(() =>
      expect(handled).toEqual([
        { epoch: 1, sequence: 1, tries: 1 },
        { epoch: 2, sequence: 2, tries: 2 },
        { epoch: 4, sequence: 4, tries: 1 },
      ]),
    );
    expect(await listDeadLetters(open.bus)).toMatchObject([{ reason: 'invalid: no such cluster', tries: 1 }]);
    expect(strategy.lag().get('connections-from-discovery')).toBe(0);
    const metrics = await registry.metrics();
    expect(metrics).toContain(
      'mooring_messages_parked_total{consumer="connections",type="io.meshery.discovery.watch.begun.v1"} 1',
    );
    expect(metrics).toMatch(/mooring_handler_seconds_count\{[^}]*outcome="handled"[^}]*\} 3/);
    await service.close();
  });
});
