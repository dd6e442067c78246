import { join } from 'node:path';
import { Failure, isFailure, messageOf } from '@mooring/kernel';
import { createBudget } from './grpc/budget.ts';
import { createOpenCalls } from './grpc/calls.ts';
import { listenGrpc } from './grpc/grpc-server.ts';
import { DEFAULT_LIMITS, type Limits, type SlowSubscribers } from './grpc/node-context.ts';
import { createRoutes, listenHttp, type TlsFiles } from './http/http-server.ts';
import { identifyBy, type Identify } from './http/admin.ts';
import { createOperationRoutes, type Operations } from './http/operations.ts';
import { createUserRoutes } from './http/users.ts';
import { createReadTurns } from './grpc/read-turns.ts';
import { createSharedPages } from './grpc/shared-pages.ts';
import { createNodeMetrics } from './metrics.ts';
import { ADMINISTRATOR, OPEN_ACCESS } from './security/access.ts';
import { createGuardedAccess } from './security/guarded-access.ts';
import { createFirstAccounts, warnOfUnusedAccounts } from './security/first-accounts.ts';
import { createUsers } from './security/users.ts';
import { backUp } from './storage/back-up.ts';
import { exposure } from './storage/permissions.ts';
import { scavenge } from './storage/scavenge.ts';
import { createCommandApplier } from './storage/apply-command.ts';
import { createCommitSignal } from './storage/commit-signal.ts';
import { DATABASE_FILE, openDatabase } from './storage/database.ts';
import { createDamageReports, isDamagedFile, telling } from './storage/damage.ts';
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
  /** Serves by TLS, and asks every caller for an account; without it everybody is an administrator. */
  readonly security?: NodeSecurity;
  /**
   * Told, in a sentence each, what somebody should do something about: at the start a password that everybody knows, one that
   * has no effect, accounts that are not asked for, a file that all may read; later each damaged record that is read.
   * A line on stderr by default.
   */
  readonly warn?: (sentence: string) => void;
}

export interface NodeSecurity {
  readonly tls: TlsFiles;
  /** Of `admin` and `ops` in a new data folder; a real server's `changeit` by default. */
  readonly firstPassword?: string;
}

export interface EventStoreNode extends AsyncDisposable {
  /** Removes what metadata and deletions made invisible; serves meanwhile. */
  scavenge(): Promise<{ readonly events: number }>;
  /** Copies the store to a file; serves meanwhile. To restore, put it as `events.db` into an empty data folder. */
  backUp(file: string): Promise<void>;
  readonly port: number;
  readonly httpPort: number;
  /** For `EventStoreDBClient.connectionString`. */
  readonly connectionString: string;
}

const warnOnStderr = (sentence: string): void => void process.stderr.write(`event-store-node: warning: ${sentence}\n`);

const wallClockUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/**
 * Starts a node in this process. An append is acknowledged once it is synced to disk; closing ends open calls with
 * UNAVAILABLE and leaves the folder to the next node.
 *
 * @throws Failure `unavailable` when the folder or a port is in use, `corrupt` for a damaged file, `invalid` for another
 *   schema version or another program's file, `denied` for a folder that cannot be written.
 */
export async function createEventStoreNode(options: EventStoreNodeOptions): Promise<EventStoreNode> {
  try {
    return await start(options);
  } catch (thrown) {
    const cause = isFailure(thrown, 'corrupt') ? thrown.cause : thrown;
    if (!isDamagedFile(cause)) throw thrown;
    const file = join(options.dataFolder, DATABASE_FILE);
    throw new Failure('corrupt', `${file} is damaged (${messageOf(cause)}): restore a backup`, { cause });
  }
}

async function start(options: EventStoreNodeOptions): Promise<EventStoreNode> {
  const { dataFolder, host = '127.0.0.1', slowSubscribers = 'catch-up', security, warn = warnOnStderr } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const database = openDatabase(dataFolder);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => database.close());
  const exposed = exposure(dataFolder, join(dataFolder, DATABASE_FILE));
  if (exposed !== undefined) warn(exposed);
  const damage = createDamageReports(dataFolder, warn);
  const log = createEventLog(database, damage);
  const calls = createOpenCalls(limits.openCallsMax);
  const signal = createCommitSignal();
  const pages = createSharedPages(log);
  const budget = createBudget(limits.nodeBytesInFlightMax);
  const metrics = createNodeMetrics({
    lastPosition: () => log.lastPosition(),
    openCalls: () => calls.count,
    subscriptions: () => signal.watchers,
    bytesInFlight: () => budget.taken,
  });
  const commits = createGroupCommit({
    database,
    applier: createCommandApplier(database, log, wallClockUs, damage),
    committed(streams) {
      pages.forget();
      signal.notify(streams);
    },
    damage,
    observe: (commands, milliseconds) => metrics.committed(commands, milliseconds),
  });
  cleanup.defer(() => commits.close());
  await writeFirstEvents(log, commits);
  const users = createUsers(log, commits);
  if (security === undefined) warnOfUnusedAccounts(users, warn);
  else await createFirstAccounts(users, security.firstPassword, warn);
  const access = security === undefined ? OPEN_ACCESS : createGuardedAccess(log, users);
  const turns = createReadTurns();
  const context = {
    log,
    commits,
    signal,
    turns,
    pages,
    calls,
    access,
    budget,
    limits,
    slowSubscribers,
    nowUs: wallClockUs,
  };
  let closing = false;
  cleanup.defer(() => {
    closing = true;
  });
  const told = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((thrown: unknown) => {
      throw telling(damage, thrown);
    });
  const operations: Operations = {
    scavenge: () => told(scavenge(database, log, wallClockUs, () => closing)),
    backUp: (file) => told(backUp(database, file)),
  };
  const identify: Identify = security === undefined ? () => Promise.resolve(ADMINISTRATOR) : identifyBy(users);
  const routes = {
    ...createRoutes(metrics),
    ...createUserRoutes(users),
    ...createOperationRoutes(operations, dataFolder, identify),
  };
  const tls = security?.tls;
  const http = await listenHttp(routes, { host, port: options.httpPort ?? 0, tls });
  cleanup.defer(() => http.close());
  const grpc = await listenGrpc(context, { host, port: options.port ?? 0, tls });
  cleanup.defer(() => grpc.close());
  const resources = cleanup.move();
  return {
    ...operations,
    port: grpc.port,
    httpPort: http.port,
    connectionString: `esdb://${host}:${grpc.port}?tls=${tls !== undefined}`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
