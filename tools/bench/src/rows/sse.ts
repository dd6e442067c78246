import { once } from 'node:events';
import { encodeStructured, eventTypeOfStored, relaySubject, type CloudEvent } from '@mooring/contracts';
import { delay, randomUuid } from '@mooring/kernel';
import { toPublication } from '@mooring/messaging';
import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { compare, type Sample } from '../compare.ts';
import { openBus } from '../open-bus.ts';
import type { Row } from '../row.ts';
import { connectionHistory } from '../sample-events.ts';
import { createInstallation, spineOf, startService } from '../service-process.ts';
import { cpuMicrosOf, forkMain, gather } from '../sse/audience.ts';

const CLIENTS = 10_000;
/** Published per second, one by one: 200,000 deliveries a second are asked for. */
const RATE_PER_SECOND = 20;
const ROUNDS = 2;
const INTERNAL_HEADER = 'x-mooring-internal';

function someEvent(sequence: number): CloudEvent {
  const [, connected] = connectionHistory(randomUuid());
  const eventType = connected && eventTypeOfStored(connected.type);
  if (connected === undefined || eventType === undefined) throw new Error('the samples have no second event');
  const stored = {
    ...{ ...connected, streamName: 'connection-bench', revision: BigInt(sequence), position: BigInt(sequence) },
    ...{ recordedAt: new Date(), metadata: { traceparent: '', ...connected.metadata } },
  };
  const narrative = { summary: 'Something happened', message: 'This connection: something happened.' };
  const subject = String(connected.data['connectionId']);
  return toPublication(eventType, stored, { producer: 'connections', subject, severity: 'informational', narrative });
}

interface Stage {
  readonly pid: number;
  readonly publish: (event: CloudEvent) => Promise<unknown>;
  readonly until: (marker: string, work: () => Promise<void>) => Promise<void>;
}

/** Publishes evenly and waits until each client has the last one; gives deliveries per second, and what each cost the server. */
async function deliver({ pid, publish, until }: Stage, events: number): Promise<Sample> {
  const all = Array.from({ length: events }, (_none, index) => someEvent(index));
  const marker = all.at(-1)?.id ?? '';
  const cpuBefore = await cpuMicrosOf(pid);
  const startedAt = performance.now();
  await until(marker, async () => {
    for (const [index, event] of all.entries()) {
      await delay(Math.max(0, startedAt + (index * 1_000) / RATE_PER_SECOND - performance.now()));
      await publish(event);
    }
  });
  const deliveries = events * CLIENTS;
  const perSecond = deliveries / ((performance.now() - startedAt) / 1_000);
  const cpuAfter = await cpuMicrosOf(pid);
  if (cpuBefore === undefined || cpuAfter === undefined) return { perSecond };
  return { perSecond, cpuMicros: (cpuAfter - cpuBefore) / deliveries };
}

/** 10,000 clients of one process of notifications, against a server that writes the same frames to each response and does nothing else. */
export const sse: Row = {
  name: 'sse',
  eventsDefault: 40,
  async run({ events }) {
    await using folder = await temporaryFolder();
    await using node = await startTestEventStore();
    await using open = await openBus();
    await using postgres = await startTestPostgres();
    const { url: databaseUrl } = await postgres.createDatabase();
    const installation = createInstallation({
      ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
    });
    await using stack = new AsyncDisposableStack();
    const settings = await spineOf(installation, 'notifications', databaseUrl);
    const service = await startService(installation, 'notifications', settings);
    stack.defer(() => service.process.stop());
    const headers = { [INTERNAL_HEADER]: installation.internalSecret };
    const audience = stack.use(await gather(`${service.url}/api/events/stream`, headers, CLIENTS));
    const ours: Stage = {
      pid: service.process.pid,
      until: (marker, work) => audience.until(marker, work),
      publish: (event) => open.bus.connection.request(relaySubject(event.type, event.subject), encodeStructured(event)),
    };

    const server = forkMain('raw-server-main');
    stack.defer(async () => {
      server.disconnect();
      await once(server, 'exit');
    });
    const [port] = (await once(server, 'message')) as [number];
    const rawAudience = stack.use(await gather(`http://127.0.0.1:${port}/`, {}, CLIENTS));
    const raw: Stage = {
      pid: server.pid ?? 0,
      until: (marker, work) => rawAudience.until(marker, work),
      publish: (event) => {
        server.send(`id: 1\ndata: ${JSON.stringify(event)}\n\n`);
        return Promise.resolve();
      },
    };
    const rates = await compare(
      ROUNDS,
      () => deliver(ours, events),
      () => deliver(raw, events),
    );
    return {
      measurements: [
        {
          ...{
            row: 'sse',
            what: `${CLIENTS} clients, ${RATE_PER_SECOND} events/s offered`,
            unit: 'deliveries',
            ...rates,
          },
          ...{ baselineIs: 'raw response.write', goal: { perSecondMin: 150_000 } },
        },
      ],
    };
  },
};
