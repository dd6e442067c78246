import { randomUuid } from '@mooring/kernel';
import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { Client } from 'pg';
import { cpuTimeMs } from '../cpu-time.ts';
import { openBus } from '../open-bus.ts';
import { createInstallation, keyedSpines, startService } from '../service-process.ts';
import type { Row } from '../row.ts';
import { fillInventory, OBJECTS_PER_CLUSTER } from './inventory-queries/fill-inventory.ts';
import { describeAnswers, type Answers } from './inventory-queries/describe-answers.ts';
import { QUESTIONS, timePlain } from './inventory-queries/questions.ts';

const CLUSTERS = 100;
/** Answers per question that count, and those before them that do not. */
const ASKED = 200;
const WARM_UP = 10;

/** A process of its own answers over HTTP; `pids` are those that work for an answer. */
interface Asked {
  readonly url: string;
  readonly secret: string;
  readonly pids: () => Promise<readonly number[]>;
}

/**
 * The real service in a process of its own, over HTTP, beside plain SQL on the same tables: an inventory of a hundred clusters of 10,000
 * objects, filled by SQL in the shapes that clusters have. The questions take turns, one at a time, each time about something else.
 */
export const inventoryQueries: Row = {
  name: 'inventory-queries',
  eventsDefault: 0,
  onlyByName: true,
  async run({ clusters = CLUSTERS }) {
    await using folder = await temporaryFolder();
    await using node = await startTestEventStore();
    await using open = await openBus();
    await using postgres = await startTestPostgres();
    const { url: databaseUrl } = await postgres.createDatabase();
    const installation = createInstallation({
      ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
    });
    const { discovery } = await keyedSpines(installation, { connections: databaseUrl, discovery: databaseUrl });
    const service = await startService(installation, 'discovery', discovery);
    await using stack = new AsyncDisposableStack();
    stack.defer(() => service.process.stop());
    const sql = new Client({ connectionString: databaseUrl });
    // Told by the statement that fails.
    sql.on('error', () => undefined);
    await sql.connect();
    stack.defer(() => sql.end());

    const ids = Array.from({ length: clusters }, () => randomUuid());
    const filledFrom = performance.now();
    await fillInventory(sql, ids);
    const filledMs = performance.now() - filledFrom;
    const asked: Asked = {
      url: service.url,
      secret: installation.internalSecret,
      pids: async () => [service.process.pid, ...(await backends(sql))],
    };
    const { nothing, answers } = await askAll(asked, ids);
    const plain = new Map<string, number>();
    for (const question of QUESTIONS) plain.set(question.what, await timePlain(sql, question.plain(0, ids)));
    return {
      measurements: [],
      notes: describeAnswers({ nothing, answers, plain }, { objects: ids.length * OBJECTS_PER_CLUSTER, filledMs }),
    };
  },
};

/** The processes of the server that others than this one talk to. */
async function backends(sql: Client): Promise<readonly number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  return rows.map(({ pid }) => pid);
}

/** What an answer takes where nothing has to be found. */
const NOTHING = { what: 'nothing: is it alive', path: (): string => '/livez' };

async function askAll(
  asked: Asked,
  ids: readonly string[],
): Promise<{ readonly nothing: Answers; readonly answers: readonly Answers[] }> {
  const collect = <T>(question: T) => ({ ...question, latenciesMs: [] as number[], cpuMs: [] as number[] });
  const nothing = collect(NOTHING);
  const answers = QUESTIONS.map(({ what, path }) =>
    collect({ what, path: (round: number) => `/api/resources${path(round, ids)}` }),
  );
  for (let round = 0; round < WARM_UP + ASKED; round += 1) {
    const pids = await asked.pids();
    for (const { path, latenciesMs, cpuMs } of [nothing, ...answers]) {
      const cpuBefore = cpuTimeMs(pids);
      const took = await ask(asked, path(round));
      if (round < WARM_UP) continue;
      latenciesMs.push(took);
      cpuMs.push(cpuTimeMs(pids) - cpuBefore);
    }
  }
  return { nothing, answers };
}

async function ask({ url, secret }: Asked, path: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${url}${path}`, { headers: { 'x-mooring-internal': secret } });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return performance.now() - startedAt;
}
