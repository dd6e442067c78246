import { peakBytes, residentBytes } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import { startTestEventStore, startTestPostgres, temporaryFolder } from '@mooring/testing';
import { openBus } from '../../open-bus.ts';
import { SYSTEM_ID } from '../../sample-events.ts';
import { createInstallation, keyedSpines, startService, type ServiceProcess } from '../../service-process.ts';
import { cpuMicrosOf } from '../../sse/audience.ts';
import { MARK_LABEL, nowMs } from './contestant.ts';
import { openCountingProxy, type CountingProxy } from './counting-proxy.ts';

const INTERNAL_HEADER = 'x-mooring-internal';
const USER_HEADER = 'x-mooring-user';
const CONNECTED_TIMEOUT_MS = 300_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** The real services connections and discovery with engines of their own. */
export interface ServicesAtHand extends AsyncDisposable {
  readonly discovery: ServiceProcess;
  /** Of discovery's database, straight to PostgreSQL. */
  readonly databaseUrl: string;
  connectionIds(): Promise<readonly string[]>;
  /** Between discovery and PostgreSQL. */
  readonly database: CountingProxy;
  /** Hands in a kubeconfig, and waits until so many clusters are connected. Gives how long it took, in milliseconds. */
  connect(kubeconfig: string, clusters: number): Promise<number>;
  /** Ends discovery and starts it again; resolves when so many clusters are live. Gives how long it took from the start of the process. */
  restartDiscovery(clusters: number): Promise<number>;
  usage(): Promise<{ readonly cpuMicros: number; readonly rssBytes: number; readonly peakRssBytes: number }>;
  /** Is called for every marked change in an event that JetStream has stored. */
  onSeen: ((mark: string, atMs: number) => void) | undefined;
  /** Events of the inventory so far, and the bytes of their messages. */
  readonly published: { readonly events: number; readonly changes: number; readonly bytes: number };
}

interface ChangesEvent {
  readonly data?: {
    readonly changes?: readonly { readonly record?: { readonly labels?: Readonly<Record<string, string>> } }[];
  };
}

export async function startServices(): Promise<ServicesAtHand> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const node = stack.use(await startTestEventStore());
  const open = stack.use(await openBus());
  const postgres = stack.use(await startTestPostgres());
  const { url: connectionsUrl } = await postgres.createDatabase();
  const { url: discoveryUrl } = await postgres.createDatabase();
  const database = stack.use(await openCountingProxy(postgres.port));
  const counted = new URL(discoveryUrl);
  counted.port = String(database.port);
  const installation = createInstallation({
    ...{ folder: folder.path, eventStoreUrl: node.connectionString, natsUrl: open.url },
  });
  const settings = await keyedSpines(installation, { connections: connectionsUrl, discovery: counted.href });
  const connections = await startService(installation, 'connections', settings.connections);
  stack.defer(() => connections.process.stop());
  const startDiscovery = () => startService(installation, 'discovery', settings.discovery);
  let discovery = await startDiscovery();
  stack.defer(() => discovery.process.stop());

  const published = { events: 0, changes: 0, bytes: 0 };
  let onSeen: ServicesAtHand['onSeen'];
  // Republished by JetStream once it is stored.
  open.bus.connection.subscribe('events.inventory.>', {
    callback: (error, message) => {
      if (error !== null) return;
      const atMs = nowMs();
      const { changes = [] } = message.json<ChangesEvent>().data ?? {};
      published.events += 1;
      published.changes += changes.length;
      published.bytes += message.data.length;
      for (const { record } of changes) {
        const mark = record?.labels?.[MARK_LABEL];
        if (mark !== undefined) onSeen?.(mark, atMs);
      }
    },
  });

  const ask = async <T>({ url }: ServiceProcess, path: string, body?: string): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      headers: {
        [INTERNAL_HEADER]: installation.internalSecret,
        [USER_HEADER]: SYSTEM_ID,
        ...(body !== undefined && { 'content-type': 'application/yaml' }),
      },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body !== undefined && { method: 'POST', body }),
    });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const all = async <T>(service: ServiceProcess, path: string): Promise<readonly T[]> => {
    const items: T[] = [];
    for (let cursor = ''; ;) {
      const page = await ask<{ items: readonly T[]; nextCursor?: string }>(service, `${path}?limit=100${cursor}`);
      items.push(...page.items);
      if (page.nextCursor === undefined) return items;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  };
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    const deadlineAt = performance.now() + CONNECTED_TIMEOUT_MS;
    while (!(await isSo())) {
      if (performance.now() > deadlineAt) throw new Error(`not within ${CONNECTED_TIMEOUT_MS} ms: ${what}`);
      await delay(50);
    }
  };
  const owned = stack.move();
  return {
    get discovery() {
      return discovery;
    },
    database,
    databaseUrl: discoveryUrl,
    async connectionIds() {
      return (await all<{ readonly id: string }>(connections, '/api/connections')).map(({ id }) => id);
    },
    published,
    get onSeen() {
      return onSeen;
    },
    set onSeen(next) {
      onSeen = next;
    },
    async connect(kubeconfig, clusters) {
      const startedAt = performance.now();
      await ask(connections, '/api/imports', kubeconfig);
      await until(`${clusters} clusters to be connected`, async () => {
        const states = await all<{ readonly state: string }>(connections, '/api/connections');
        return states.filter(({ state }) => state === 'connected').length >= clusters;
      });
      return performance.now() - startedAt;
    },
    async restartDiscovery(clusters) {
      await discovery.process.stop();
      const [startedAt, since] = [performance.now(), Date.now()];
      discovery = await startDiscovery();
      // Until the new process writes, the cluster is what the old one knew last.
      await until(`${clusters} clusters to be live`, async () => {
        const views = await all<{ readonly watch: string; readonly snapshotAt?: string }>(discovery, '/api/clusters');
        const isLive = views.map(({ watch, snapshotAt = '' }) => watch === 'live' && Date.parse(snapshotAt) > since);
        return isLive.filter(Boolean).length >= clusters;
      });
      return performance.now() - startedAt;
    },
    async usage() {
      const { pid } = discovery.process;
      return { cpuMicros: (await cpuMicrosOf(pid)) ?? 0, rssBytes: residentBytes(pid), peakRssBytes: peakBytes(pid) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
