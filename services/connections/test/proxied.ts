import type { ReadinessReport, InProcessService } from '@mooring/service-host';
import { eventually, startFaultyProxy, type FaultyProxy } from '@mooring/testing';
import { expect } from '@jest/globals';
import type { World } from './world.ts';

export type Engine = 'database' | 'event store' | 'bus';

/** Each engine behind a proxy of its own, and what makes the service use them. */
export interface Proxied extends AsyncDisposable {
  readonly engines: Readonly<Record<Engine, FaultyProxy>>;
  readonly urls: { readonly databaseUrl: string; readonly eventStoreUrl: string; readonly natsUrl: string };
}

export async function startProxies(world: World): Promise<Proxied> {
  await using stack = new AsyncDisposableStack();
  const proxy = async (port: number): Promise<FaultyProxy> => stack.use(await startFaultyProxy(port));
  const engines = {
    database: await proxy(Number(new URL(world.databaseUrl).port)),
    'event store': await proxy(world.eventStoreNode.port),
    bus: await proxy(world.nats.port),
  };
  const urls = {
    databaseUrl: engines.database.urlFor(world.databaseUrl),
    eventStoreUrl: engines['event store'].urlFor(world.eventStoreNode.connectionString),
    natsUrl: engines.bus.urlFor(world.nats.url),
  };
  const owned = stack.move();
  return { engines, urls, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What `/readyz` says of one part. */
export async function readinessOf(
  service: InProcessService,
  part: string,
): Promise<ReadinessReport['contributors'][number]> {
  const { body } = await service.call('GET', '/readyz');
  const found = (body as ReadinessReport).contributors.find(({ name }) => name === part);
  if (found === undefined) throw new Error(`${part} is no part of ${JSON.stringify(body)}`);
  return found;
}

export const untilReady = (service: InProcessService, timeoutMs = 10_000): Promise<unknown> =>
  eventually(
    async () => {
      const { status, body } = await service.call('GET', '/readyz');
      if (status !== 200) throw new Error(JSON.stringify(body));
    },
    { timeoutMs },
  );

/** Alive, but not ready, with one sentence that names the engine and since when. */
export async function untilMissing(service: InProcessService, part: Engine, sentence: RegExp): Promise<void> {
  await eventually(async () => {
    expect((await readinessOf(service, part)).message).toMatch(sentence);
    expect((await service.call('GET', '/readyz')).status).toBe(503);
    expect((await service.call('GET', '/livez')).status).toBe(200);
  });
}
