import { createOpenCalls } from './grpc/calls.ts';
import { listenGrpc } from './grpc/grpc-server.ts';
import { DEFAULT_LIMITS, type Limits, type NodeContext, type SlowSubscribers } from './grpc/node-context.ts';
import { createRoutes, listenHttp } from './http/http-server.ts';
import { createNodeMetrics } from './metrics.ts';
import { createCommandApplier } from './storage/apply-command.ts';
import { createCommitSignal } from './storage/commit-signal.ts';
import { openDatabase } from './storage/database.ts';
import { createEventLog } from './storage/event-log.ts';
import { createGroupCommit } from './storage/group-commit.ts';
import { writeFirstEvents } from './storage/first-events.ts';

export interface EventStoreNodeOptions {
  /** Made if it is not there; one node at a time may use it. */
  readonly dataFolder: string;
  /** Of gRPC; 0 (the default) takes any free one. */
  readonly port?: number;
  /** Of liveness, version and metrics; 0 (the default) takes any free one. */
  readonly httpPort?: number;
  /** The address to listen on; loopback by default. */
  readonly host?: string;
  /** What happens to a live subscriber that is more than 32 events behind; `catch-up` by default. */
  readonly slowSubscribers?: SlowSubscribers;
  readonly limits?: Partial<Limits>;
}

export interface EventStoreNode extends AsyncDisposable {
  readonly port: number;
  readonly httpPort: number;
  /** For `EventStoreDBClient.connectionString`. */
  readonly connectionString: string;
}

const wallClockUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/**
 * Starts a node in this process. An append is acknowledged once it is synced to disk; closing ends open calls with
 * UNAVAILABLE and leaves the folder to the next node.
 *
 * @throws Failure `unavailable` when the folder or a port is in use, `corrupt` for a damaged file, `invalid` for another
 *   schema version or another program's file, `denied` for a folder that cannot be written.
 */
export async function createEventStoreNode(options: EventStoreNodeOptions): Promise<EventStoreNode> {
  const { dataFolder, host = '127.0.0.1', slowSubscribers = 'catch-up' } = options;
  const database = openDatabase(dataFolder);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => database.close());
  const log = createEventLog(database);
  const calls = createOpenCalls();
  const signal = createCommitSignal();
  const metrics = createNodeMetrics({
    lastPosition: () => log.lastPosition(),
    openCalls: () => calls.count,
    subscriptions: () => signal.watchers,
  });
  const commits = createGroupCommit({
    database,
    applier: createCommandApplier(database, log, wallClockUs),
    committed: (streams) => signal.notify(streams),
    observe: (commands, milliseconds) => metrics.committed(commands, milliseconds),
  });
  cleanup.defer(() => commits.close());
  await writeFirstEvents(log, commits);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const context: NodeContext = { log, commits, signal, calls, limits, slowSubscribers, nowUs: wallClockUs };
  const http = await listenHttp(createRoutes(metrics), { host, port: options.httpPort ?? 0 });
  cleanup.defer(() => http.close());
  const grpc = await listenGrpc(context, { host, port: options.port ?? 0 });
  cleanup.defer(() => grpc.close());
  const resources = cleanup.move();
  return {
    port: grpc.port,
    httpPort: http.port,
    connectionString: `esdb://${host}:${grpc.port}?tls=false`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
