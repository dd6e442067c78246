import { readFileSync } from 'node:fs';
import { Failure, messageOf } from '@mooring/kernel';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
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
  readonly state: 'connected' | 'reconnecting' | 'closed';
  /** Since when it is in that state. */
  readonly since: Date;
  /** The last thing the server refused or the client could not do; kept until the next one. */
  readonly lastError?: string;
}

/**
 * One connection to NATS. It reconnects for ever, so whoever holds it only ever sees calls that fail for a while.
 * Disposing drains: what was published is flushed, then the connection is closed.
 */
export interface Bus {
  readonly name: string;
  status(): BusStatus;
  /** Calls `listener` at every loss of the connection; gives the function that ends it. */
  onDisconnect(listener: () => void): () => void;
  /** Calls `listener` whenever the connection is back; gives the function that ends it. */
  onReconnect(listener: () => void): () => void;
  /** Resolves when it is connected, closed, or `signal` aborts: a call made before would only wait for its timeout. */
  whenConnected(signal: AbortSignal): Promise<void>;
  /** For the files of this library only. */
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

async function open(options: BusOptions): Promise<NatsConnection> {
  try {
    return await connect({
      servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
      name: options.name,
      inboxPrefix: options.inboxPrefix ?? inboxPrefixOf(options.name),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 10_000,
      timeout: options.connectTimeoutMs ?? 10_000,
      ignoreAuthErrorAbort: true,
      ...(options.user ? { authenticator: authenticator(options.user.seed) } : {}),
      ...(options.tls ? { tls: options.tls === true ? {} : { ca: readFileSync(options.tls.caFile, 'utf8') } } : {}),
    });
  } catch (cause) {
    const code = /authoriz/i.test(messageOf(cause)) ? 'denied' : 'unavailable';
    throw new Failure(code, `NATS at ${String(options.servers)}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Connects. Throws a `Failure`: `denied` for a wrong seed, `unavailable` when no server answers in time.
 * Once connected it never gives up by itself.
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const connection = await open(options);
  const onDisconnect = listenersOf();
  const onReconnect = listenersOf();
  const onClose = listenersOf();
  let status: BusStatus = { state: 'connected', since: new Date() };

  const enter = (state: BusStatus['state']): void => {
    if (status.state !== state) status = { ...status, state, since: new Date() };
  };
  const followStatus = async (): Promise<void> => {
    for await (const event of connection.status()) {
      if (event.type === 'error') status = { ...status, lastError: messageOf(event.error) };
      if (event.type === 'reconnect') {
        enter('connected');
        onReconnect.call();
      }
      if (event.type === 'disconnect' || event.type === 'staleConnection') {
        enter('reconnecting');
        onDisconnect.call();
      }
    }
    enter('closed');
    onDisconnect.call();
    onClose.call();
  };
  void followStatus();

  return {
    name: options.name,
    connection,
    status: () => status,
    onDisconnect: onDisconnect.add,
    onReconnect: onReconnect.add,
    async whenConnected(signal) {
      while (status.state === 'reconnecting' && !signal.aborted) {
        const endings: (() => void)[] = [];
        await new Promise<void>((resolve) => {
          endings.push(onReconnect.add(resolve), onClose.add(resolve));
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        for (const end of endings) end();
      }
    },
    async [Symbol.asyncDispose]() {
      if (connection.isClosed()) return;
      // Draining waits for a server that may be gone; then there is nothing to flush to.
      if (status.state === 'connected') await connection.drain().catch(() => connection.close());
      else await connection.close();
    },
  };
}
