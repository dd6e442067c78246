import { delay, withTimeout } from '@mooring/kernel';
import { Client } from 'pg';
import { toFailure } from '../failures.ts';

const HEARTBEAT_MS = 1_000;
const ANSWER_MS = 3_000;
/** PostgreSQL ends the session of a holder that is silent for so long (frozen, or gone without a word), and with it the lease. */
const SILENCE_MS = 5_000;
/** The same for a peer that no longer answers on the network; three probes. */
const KEEPALIVE_S = 2;
/** How often a waiting session looks whether its client is still there; by itself it would only see that when it gets the lock. */
const CHECK_MS = 1_000;

/** How long a session that is given back may take to say goodbye. */
const GOODBYE_MS = 1_000;

/** A session of PostgreSQL that holds an advisory lock. */
export interface LeaseSession {
  /** Aborts, with the reason, when the session or the way to it is gone. */
  readonly lost: AbortSignal;
  /** Gives the lock back. Never rejects. */
  release(): Promise<void>;
}

/** Waits, for any time, until the lock is had. Throws what went wrong, or anything when `signal` aborted first. */
export async function acquireLease(url: string, name: string, signal: AbortSignal): Promise<LeaseSession> {
  const lost = new AbortController();
  const client = createClient(url, name);
  let ended: Promise<void> | undefined;
  const release = (): Promise<void> => {
    lost.abort();
    // Once: the driver never answers when it is told a second time.
    ended ??= end(client);
    return ended;
  };
  const stop = (): void => {
    void release();
  };
  client.on('error', (thrown) => {
    lost.abort(toFailure(thrown));
  });
  client.on('end', () => {
    lost.abort(toFailure(new Error('Connection ended')));
  });
  try {
    // Not to be stopped in the middle: the driver would leave us waiting for ever.
    await client.connect();
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`mooring lease ${name}`]);
  } catch (thrown) {
    await release();
    throw toFailure(thrown);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  void beat(client, lost);
  return { lost: lost.signal, release };
}

/** Says goodbye, which needs an answer; a server that gives none is left without. */
async function end(client: Client): Promise<void> {
  const answered = new AbortController();
  const late = delay(GOODBYE_MS, answered.signal).then(() => {
    if (!answered.signal.aborted) streamOf(client).destroy();
  });
  await Promise.race([client.end().catch(() => undefined), late]);
  answered.abort();
}

const streamOf = (client: Client): { destroy: () => void } =>
  (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream;

const createClient = (url: string, name: string): Client =>
  new Client({
    connectionString: url,
    application_name: `lease ${name}`,
    connectionTimeoutMillis: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_S * 1_000,
    options:
      `-c idle_session_timeout=${SILENCE_MS} -c tcp_keepalives_idle=${KEEPALIVE_S} ` +
      `-c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c client_connection_check_interval=${CHECK_MS}`,
  });

/** Asks the server every second, so that it sees us and we see it. */
async function beat(client: Client, lost: AbortController): Promise<void> {
  while (!lost.signal.aborted) {
    try {
      await withTimeout(ANSWER_MS, 'timeout', 'the heartbeat of a lease', () => client.query('select 1'));
    } catch (thrown) {
      lost.abort(toFailure(thrown));
      return;
    }
    await delay(HEARTBEAT_MS, lost.signal);
  }
}
