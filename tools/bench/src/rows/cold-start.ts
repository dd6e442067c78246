import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { randomUuid } from '@mooring/kernel';
import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { Client } from 'pg';
import { inFlight } from '../in-flight.ts';
import { openBus, type OpenBus } from '../open-bus.ts';
import type { Row } from '../row.ts';
import { connectionHistory, EVENTS_PER_CONNECTION } from '../sample-events.ts';
import {
  createInstallation,
  gatewaySettings,
  keyedSpines,
  spineOf,
  startService,
  type ServiceProcess,
} from '../service-process.ts';
import { until } from '../view-checkpoint.ts';

const READY_MAX_MS = 10_000;
/** Connections that the events belong to: few, so that there is little to watch and to show, and much to have read. */
const CONNECTIONS = 100;
const APPENDED_TOGETHER = 500;
const STREAM = 'CONNECTIONS';
/** Everything is read by every service once, at a few thousand a second. */
const CATCH_UP_MS = 900_000;

/** Long histories of few connections. Gives how many events there are then. */
async function fillHistories(connectionString: string, events: number): Promise<number> {
  const client = EventStoreDBClient.connectionString(connectionString);
  const rounds = Math.max(1, Math.round(events / CONNECTIONS / EVENTS_PER_CONNECTION));
  const perAppend = Math.max(1, Math.floor(APPENDED_TOGETHER / EVENTS_PER_CONNECTION));
  try {
    await inFlight(CONNECTIONS, 16, async () => {
      const id = randomUuid();
      let revision = -1n;
      for (let round = 0; round < rounds; round += perAppend) {
        const batch = Array.from({ length: Math.min(perAppend, rounds - round) }, () => connectionHistory(id))
          .flat()
          .map(({ id: eventId, type, data, metadata }) =>
            jsonEvent({ id: eventId, type, data: { ...data }, metadata: { ...metadata } }),
          );
        await client.appendToStream(`connection-${id}`, batch, {
          expectedRevision: revision === -1n ? 'no_stream' : revision,
        });
        revision += BigInt(batch.length);
      }
    });
  } finally {
    await client.dispose();
  }
  return CONNECTIONS * rounds * EVENTS_PER_CONNECTION;
}

async function caughtUp(open: OpenBus, databaseUrl: string, events: number): Promise<void> {
  const sql = new Client({ connectionString: databaseUrl });
  sql.on('error', () => undefined);
  await sql.connect();
  try {
    for (const consumer of ['connections', 'discovery', 'notifications'])
      await until(async () => (await open.lag(STREAM, `${consumer}-from-connections`, events)) === 0, CATCH_UP_MS);
    await until(async () => {
      const { rows } = await sql.query<{ count: string }>('select count(*) from connections_view.connection_history');
      return Number(rows[0]?.count) >= events;
    }, CATCH_UP_MS);
  } finally {
    await sql.end();
  }
}

/**
 * How long every service takes to be ready beside a store that holds many events, all of which it has seen before. All are
 * started at once, as `npm start` does; the store and its log are open already.
 */
export const coldStart: Row = {
  name: 'cold-start',
  eventsDefault: 20_000,
  async run(options) {
    await using folder = await temporaryFolder();
    await using node = await startTestEventStore({ slowSubscribers: 'catch-up' });
    await using open = await openBus();
    await using postgres = await startTestPostgres();
    const databaseUrls = {
      connections: (await postgres.createDatabase()).url,
      discovery: (await postgres.createDatabase()).url,
      notifications: (await postgres.createDatabase()).url,
    };
    const installation = createInstallation({
      ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
    });
    const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      ...(await keyedSpines(installation, databaseUrls)),
      notifications: await spineOf(installation, 'notifications', databaseUrls.notifications),
      gateway: await gatewaySettings(installation, randomUuid().repeat(2), {}),
      console: {},
    };
    const startAll = async (): Promise<ReadonlyMap<string, ServiceProcess>> =>
      new Map(
        await Promise.all(
          Object.entries(settings).map(
            async ([name, own]) => [name, await startService(installation, name, own)] as const,
          ),
        ),
      );
    const readyAfter = async (events: number): Promise<ReadonlyMap<string, number>> => {
      const services = await startAll();
      try {
        if (events > 0) await caughtUp(open, databaseUrls.connections, events);
        return new Map([...services].map(([name, { readyAfterMs }]) => [name, readyAfterMs]));
      } finally {
        await Promise.all([...services.values()].map(({ process: service }) => service.stop()));
      }
    };

    const empty = await readyAfter(0);
    const events = await fillHistories(node.connectionString, options.events);
    await readyAfter(events);
    const full = await readyAfter(0);
    const slowestMs = Math.max(...full.values());
    const inWords = (times: ReadonlyMap<string, number>): string =>
      [...times].map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} s`).join(', ');
    return {
      measurements: [],
      notes: [
        `cold-start: with ${events.toLocaleString('en-GB')} events stored: ${inWords(full)}; goal ≤ ${READY_MAX_MS / 1_000} s with 1,000,000: ${slowestMs <= READY_MAX_MS ? 'reached' : 'MISSED'}`,
        `cold-start: with none: ${inWords(empty)}; the slowest took ${(slowestMs / Math.max(...empty.values())).toFixed(1)} times as long`,
      ],
    };
  },
};
