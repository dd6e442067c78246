import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { Client } from 'pg';
import { compare, type Sample } from '../compare.ts';
import { fillStore } from '../fill-store.ts';
import { openBus } from '../open-bus.ts';
import { upsertInBulk } from '../bulk-upsert.ts';
import { createInstallation, keyedSpines, startService } from '../service-process.ts';
import { checkpointOf, dropView, until, type Checkpoint } from '../view-checkpoint.ts';
import type { Row } from '../row.ts';

/** A round starts a whole service, so there are fewer of them. */
const ROUNDS = 3;

/**
 * The real service builds its view anew from the event store; the clock runs from its first committed batch to its last, so that
 * its start does not count. Against the same rows written in bulk by pg alone, in the same batches.
 */
export const projection: Row = {
  name: 'projection',
  eventsDefault: 20_000,
  async run(options) {
    await using folder = await temporaryFolder();
    await using node = await startTestEventStore();
    await using open = await openBus();
    await using postgres = await startTestPostgres();
    const database = await postgres.createDatabase();
    const events = await fillStore(node.connectionString, options.events);
    const sql = new Client({ connectionString: database.url });
    // Told by the statement that fails.
    sql.on('error', () => undefined);
    await sql.connect();
    const installation = createInstallation({
      ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
    });
    const { connections } = await keyedSpines(installation, { connections: database.url, discovery: database.url });
    const start = async () => (await startService(installation, 'connections', connections)).process;

    /** The first time, its relay and its handlers work too: that run only prepares. Gives where the view is when it has everything. */
    const settle = async (): Promise<bigint> => {
      const service = await start();
      try {
        await until(async () => (await open.lag('CONNECTIONS', 'connections-from-connections', events)) === 0);
        return await until(async () => {
          const { rows } = await sql.query<{ count: string }>(
            'select count(*) from connections_view.connection_history',
          );
          return Number(rows[0]?.count) === events && (await checkpointOf(sql))?.position;
        });
      } finally {
        await service.stop();
      }
    };
    const target = await settle();

    const rebuild = async (): Promise<{ readonly first: Checkpoint; readonly last: Checkpoint }> => {
      const first = await until(() => checkpointOf(sql));
      const last = await until(async () => {
        const now = await checkpointOf(sql);
        return now !== undefined && now.position >= target && now;
      });
      return { first, last };
    };
    const rebuilt = async (): Promise<Sample> => {
      await dropView(sql);
      const starting = start();
      // Thrown below, when it is awaited.
      starting.catch(() => undefined);
      const { first, last } = await rebuild().finally(async () => (await starting).stop());
      // Positions grow with the bytes stored, and the events are all alike.
      const share = Number(target - first.position) / Number(target);
      return { perSecond: (events * share) / ((last.atMs - first.atMs) / 1_000) };
    };
    try {
      const rates = await compare(ROUNDS, rebuilt, async () => ({ perSecond: await upsertInBulk(sql) }));
      return {
        measurements: [
          {
            ...{ row: 'projection', what: 'rebuild of the connections view', unit: 'events', ...rates },
            ...{ baselineIs: 'the same rows, pg alone', goal: { perSecondMin: 20_000 } },
          },
        ],
      };
    } finally {
      await sql.end();
    }
  },
};
