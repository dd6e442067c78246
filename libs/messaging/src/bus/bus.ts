import { readFileSync } from 'node:fs';
import { createBackoff, delay, Failure, isFailure, messageOf } from '@mooring/kernel';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { within } from './within.ts';
import { inboxPrefixOf } from '../users/inbox.ts';

export interface BusOptions {
  /** One URL or several, `nats://host:port`. */
  readonly servers: string | readonly string[];
  /** The service; shown by the server beside the connection. It also names its inbox ({@link inboxPrefixOf}) unless one is given. */
  readonly name: string;
  /** The seed of an nkey user (`SU…`); without it the server must let anybody in. */
  readonly user?: { readonly seed: string };
  readonly inboxPrefix?: string;
  /** `true` trusts the system's authorities; a file trusts exactly that one. */
  readonly tls?: true | { readonly caFile: string };
  /** How long the first connection may take, in milliseconds; 10,000 unless told. Later ones are tried for ever. */
  readonly connectTimeoutMs?: number;
}

export interface BusStatus {
  /** `connecting`: there was no connection yet; `reconnecting`: it was lost. Both are tried for ever. */
  readonly state: 'connecting' | 'connected' | 'reconnecting' | 'closed';
  /** Since when it is in that state. */
  readonly since: Date;
  /** The last thing the server refused or the client could not do; kept until the next one. */
  readonly lastError?: string;
  /** While not connected: whether a server answered and did not let us in, which waiting alone will not cure. */
  readonly denied: boolean;
}

/**
 * One connection to NATS. It connects and reconnects for ever, so whoever holds it only ever sees calls that fail for a while.
 * Disposing drains: what was published is flushed, then the connection is closed.
 */
export interface Bus {
  readonly name: string;
  status(): BusStatus;
  /** Calls `listener` at every loss of the connection; gives the function that ends it. */
  onDisconnect(listener: () => void): () => void;
  /** Calls `listener` whenever the connection is there (again); gives the function that ends it. */
  onReconnect(listener: () => void): () => void;
  /** Resolves when it is connected, closed, or `signal` aborts: a call made before would only wait for its timeout. */
  whenConnected(signal: AbortSignal): Promise<void>;
  /** For the files of this library only. Throws Failure `unavailable` before the first connection. */
  readonly connection: NatsConnection;
  [Symbol.asyncDispose](): Promise<void>;
}

const authenticator = (seed: string) => nkeyAuthenticator(new TextEncoder().encode(seed));

function listenersOf() {
  const listeners = new Set<() => void>();
  return {
    add: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: (): void => {
      for (const listener of [...listeners]) listener();
    },
  };
}

const refusesUs = (thrown: unknown): boolean => /authoriz|authenticat/i.test(messageOf(thrown));

async function open(options: BusOptions): Promise<NatsConnection> {
  try {
    return await connect({
      servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
      name: options.name,
      inboxPrefix: options.inboxPrefix ?? inboxPrefixOf(options.name),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: PING_MS,
      timeout: options.connectTimeoutMs ?? 10_000,
      ignoreAuthErrorAbort: true,
      ...(options.user ? { authenticator: authenticator(options.user.seed) } : {}),
      ...(options.tls ? { tls: options.tls === true ? {} : { ca: readFileSync(options.tls.caFile, 'utf8') } } : {}),
    });
  } catch (cause) {
    const code = refusesUs(cause) ? 'denied' : 'unavailable';
    throw new Failure(code, `NATS at ${String(options.servers)}: ${messageOf(cause)}`, { cause });
  }
}

/** A server that does not answer two of these is taken for gone: a network may lose a connection without a word. */
const PING_MS = 3_000;

const DRAIN_MS = 2_000;

/** One look at a server that may be away. */
const ATTEMPT_MS = 3_000;

/**
 * Connects. Throws a `Failure`: `denied` for a wrong seed, `unavailable` when no server answers in time.
 * Once connected it never gives up by itself.
 */
export const connectBus = async (options: BusOptions): Promise<Bus> => busOver(options.name, await open(options));

/** A bus that need not be there yet: it connects by itself, for ever, with a bounded delay between attempts. */
export function openBus(options: BusOptions): Bus {
  const ending = new AbortController();
  const bus = busOver(options.name, undefined, () => ending.abort());
  const backoff = createBackoff({ minMs: 100, maxMs: 2_000 });
  const connecting = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const connection = await open({ ...options, connectTimeoutMs: options.connectTimeoutMs ?? ATTEMPT_MS });
        await bus.use(connection);
        return;
      } catch (thrown) {
        bus.failed(thrown);
      }
      await delay(backoff.next(), ending.signal);
    }
  };
  void connecting();
  return bus;
}

interface OwnedBus extends Bus {
  /** Closes it again when the bus was closed meanwhile. */
  use(connection: NatsConnection): Promise<void>;
  failed(thrown: unknown): void;
}

function busOver(name: string, first: NatsConnection | undefined, onDispose: () => void = () => undefined): OwnedBus {
  const onDisconnect = listenersOf();
  const onReconnect = listenersOf();
  const onClose = listenersOf();
  let connection: NatsConnection | undefined;
  let status: BusStatus = { state: 'connecting', since: new Date(), denied: false };

  const enter = (state: BusStatus['state']): void => {
    if (status.state !== state) status = { ...status, state, since: new Date(), denied: false };
  };
  const failed = (thrown: unknown): void => {
    status = {
      ...status,
      lastError: messageOf(thrown),
      denied: status.state !== 'connected' && (isFailure(thrown, 'denied') || refusesUs(thrown)),
    };
  };
  const close = (): void => {
    enter('closed');
    onDisconnect.call();
    onClose.call();
  };
  const followStatus = async (used: NatsConnection): Promise<void> => {
    for await (const event of used.status()) {
      if (event.type === 'error') failed(event.error);
      if (event.type === 'reconnect') {
        enter('connected');
        onReconnect.call();
      }
      if (event.type === 'disconnect' || event.type === 'staleConnection') {
        enter('reconnecting');
        onDisconnect.call();
      }
    }
    close();
  };
  const use = async (used: NatsConnection): Promise<void> => {
    if (status.state === 'closed') {
      await used.close();
      return;
    }
    connection = used;
    enter('connected');
    void followStatus(used);
    onReconnect.call();
  };
  if (first !== undefined) void use(first);

  return {
    name,
    use,
    failed,
    get connection() {
      if (connection !== undefined) return connection;
      const { lastError = 'not connected yet' } = status;
      throw new Failure('unavailable', lastError);
    },
    status: () => status,
    onDisconnect: onDisconnect.add,
    onReconnect: onReconnect.add,
    async whenConnected(signal) {
      while ((status.state === 'connecting' || status.state === 'reconnecting') && !signal.aborted) {
        const endings: (() => void)[] = [];
        await new Promise<void>((resolve) => {
          const wake = (): void => resolve();
          signal.addEventListener('abort', wake, { once: true });
          endings.push(onReconnect.add(wake), onClose.add(wake), () => signal.removeEventListener('abort', wake));
        });
        for (const end of endings) end();
      }
    },
    async [Symbol.asyncDispose]() {
      onDispose();
      if (connection === undefined) {
        close();
        return;
      }
      if (connection.isClosed()) return;
      // Draining waits for a server that may be gone; then there is nothing to flush to.
      // One that went silent is not noticed yet, and never answers.
      if (status.state === 'connected') await within(DRAIN_MS, connection.drain()).catch(() => undefined);
      if (!connection.isClosed()) await connection.close();
    },
  };
}
