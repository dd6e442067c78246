import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStoreDBClient, START, streamNameFilter, type AllStreamResolvedEvent } from '@eventstore/db-client';
import { createEventStore } from '@mooring/event-store';
import { delay, randomUuid } from '@mooring/kernel';
import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { openBus } from '../open-bus.ts';
import { percentile } from '../percentile.ts';
import { relayAll } from '../relay-all.ts';
import type { Row } from '../row.ts';
import { newConnection } from '../sample-events.ts';
import { createInstallation, gatewaySettings, spineOf, startService } from '../service-process.ts';
import { readEvents } from '../sse/read-events.ts';

const RATE_PER_SECOND = 1_000;
const TICK_MS = 10;
const P99_MAX_MS = 150;
/** Not counted: everything is compiled and connected in it. */
const WARM_UP_MS = 3_000;
const LAST_MS = 30_000;

interface Clock {
  /** When the append of an event was begun. */
  readonly begun: (id: string) => void;
  readonly seen: (id: string) => void;
  readonly latenciesMs: readonly number[];
  readonly missing: () => number;
}

function createClock(): Clock {
  const begunAt = new Map<string, number>();
  const latenciesMs: number[] = [];
  const countsFrom = performance.now() + WARM_UP_MS;
  return {
    begun: (id) => void begunAt.set(id, performance.now()),
    seen(id) {
      const at = begunAt.get(id);
      if (at === undefined) return;
      begunAt.delete(id);
      if (at >= countsFrom) latenciesMs.push(performance.now() - at);
    },
    latenciesMs,
    missing: () => begunAt.size,
  };
}

/** Appends one event each to streams of their own, evenly, and waits until each was seen. */
async function appendEvenly(
  clock: Clock,
  events: number,
  append: (event: ReturnType<typeof newConnection>, streamName: string) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  const appends: Promise<unknown>[] = [];
  let failure: Error | undefined;
  const warmUp = (WARM_UP_MS / 1_000) * RATE_PER_SECOND;
  while (appends.length < events + warmUp) {
    const due = ((performance.now() - startedAt) / 1_000) * RATE_PER_SECOND;
    while (appends.length < due) {
      const id = randomUuid();
      const event = newConnection(id);
      clock.begun(event.id);
      const appended = append(event, `connection-${id}`).catch((thrown: unknown) => {
        failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
      });
      appends.push(appended);
    }
    if (failure !== undefined) throw failure;
    await delay(TICK_MS);
  }
  await Promise.all(appends);
  if (failure !== undefined) throw failure;
  const deadlineAt = performance.now() + LAST_MS;
  while (clock.missing() > 0 && performance.now() < deadlineAt) await delay(TICK_MS);
  if (clock.missing() > 0) throw new Error(`${clock.missing()} events were never seen`);
}

/** Through relay, JetStream, the committed log of notifications, and the gateway: each in a process of its own but the relay. */
async function throughTheSystem(events: number): Promise<readonly number[]> {
  await using folder = await temporaryFolder();
  await using node = await startTestEventStore({ slowSubscribers: 'catch-up' });
  await using open = await openBus();
  await using postgres = await startTestPostgres();
  await using store = createEventStore({ connectionString: node.connectionString });
  const { url: databaseUrl } = await postgres.createDatabase();
  const installation = createInstallation({
    ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
  });
  const token = randomUuid().repeat(2);
  const ending = new AbortController();
  await using stack = new AsyncDisposableStack();
  const notifications = await startService(
    installation,
    'notifications',
    await spineOf(installation, 'notifications', databaseUrl),
  );
  stack.defer(() => notifications.process.stop());
  const gateway = await startService(
    installation,
    'gateway',
    await gatewaySettings(installation, token, { notifications: notifications.url }),
  );
  stack.defer(() => gateway.process.stop());
  const relaying = relayAll(open.bus, store, Number.MAX_SAFE_INTEGER, ending.signal);
  stack.defer(async () => {
    ending.abort();
    await relaying;
  });
  const clock = createClock();
  stack.use(
    await readEvents(`${gateway.url}/api/events/stream`, { authorization: `Bearer ${token}` }, (data) => {
      clock.seen((JSON.parse(data) as { readonly id: string }).id);
    }),
  );
  await appendEvenly(clock, events, (event, streamName) => store.append(streamName, 'no_stream', [event]));
  return clock.latenciesMs;
}

/** The least there is: the bare client appends and subscribes, and what comes is written to a response, in this process. */
async function raw(events: number): Promise<readonly number[]> {
  await using node = await startTestEventStore({ slowSubscribers: 'catch-up' });
  await using store = createEventStore({ connectionString: node.connectionString });
  const client = EventStoreDBClient.connectionString(node.connectionString);
  const responses = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    responses.add(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const subscription = client.subscribeToAll({
    fromPosition: START,
    filter: streamNameFilter({ prefixes: ['connection-'] }),
  });
  subscription.on('data', ({ event }: AllStreamResolvedEvent) => {
    const frame = `data: ${JSON.stringify({ id: event?.id, data: event?.data })}\n\n`;
    for (const response of responses) response.write(frame);
  });
  const clock = createClock();
  try {
    const { port } = server.address() as AddressInfo;
    await using stack = new AsyncDisposableStack();
    stack.use(
      await readEvents(`http://127.0.0.1:${port}/`, {}, (data) => {
        clock.seen((JSON.parse(data) as { readonly id: string }).id);
      }),
    );
    await appendEvenly(clock, events, (event, streamName) => store.append(streamName, 'no_stream', [event]));
    return clock.latenciesMs;
  } finally {
    await subscription.unsubscribe();
    server.close();
    server.closeAllConnections();
    await client.dispose();
  }
}

const inWords = (latenciesMs: readonly number[]): string =>
  [0.5, 0.99, 0.999].map((share) => `p${share * 100} ${Math.round(percentile(latenciesMs, share))} ms`).join(', ');

/** How long after its append was begun an event is in the browser, at 1,000 events a second. */
export const browser: Row = {
  name: 'browser',
  eventsDefault: 8_000,
  async run({ events }) {
    const ours = await throughTheSystem(events);
    const baseline = await raw(events);
    const p99 = percentile(ours, 0.99);
    return {
      measurements: [],
      notes: [
        `browser: append → relay → JetStream → committed log → gateway → client at ${RATE_PER_SECOND}/s: ${inWords(ours)}; goal p99 < ${P99_MAX_MS} ms: ${p99 < P99_MAX_MS ? 'reached' : 'MISSED'}`,
        `browser: raw, append → subscription → response.write in one process, at the same rate: ${inWords(baseline)}; ours is ${(p99 / percentile(baseline, 0.99)).toFixed(1)} times its p99`,
      ],
    };
  },
};
