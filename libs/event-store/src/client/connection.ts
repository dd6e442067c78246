import { existsSync } from 'node:fs';
import { EventStoreDBClient } from '@eventstore/db-client';
import { delay, Failure } from '@mooring/kernel';
import { readConnectionString } from '../connection-string.ts';
import { withOwnSocket } from './own-socket.ts';

/** Cancelled calls end at once; this is for one that does not. */
const DISPOSE_MS = 2_000;

/** One client of EventStoreDB with its channel. */
export interface Connection {
  readonly client: EventStoreDBClient;
  /** Whether it is being closed. The client ends a read that it cancels like one that came to its end, so whoever reads has to ask. */
  readonly closed: boolean;
  /** Cancels what is open and closes the channel. Never rejects. */
  close(): Promise<void>;
}

/**
 * Nothing is called until the client is used. Throws a Failure `invalid` for a connection string that cannot be understood, and
 * `unavailable` while the CA file that it names is not there; neither repeats the string, which may hold a password.
 */
export function openConnection(connectionString: string): Connection {
  const client = createClient(connectionString);
  mendAppends(client);
  let closed = false;
  return {
    client,
    get closed() {
      return closed;
    },
    async close() {
      closed = true;
      const disposed = new AbortController();
      await Promise.race([client.dispose(), delay(DISPOSE_MS, disposed.signal)]);
      disposed.abort();
      await closeChannel(client);
    },
  };
}

function createClient(connectionString: string): EventStoreDBClient {
  const { caFile } = readConnectionString(connectionString);
  if (caFile !== undefined && !existsSync(caFile))
    throw new Failure('unavailable', `the CA file of the event store is not there: ${caFile}`);
  try {
    return EventStoreDBClient.connectionString(withOwnSocket(connectionString));
  } catch {
    // What the client throws holds the string.
    throw new Failure('invalid', 'the connection string of the event store cannot be understood');
  }
}

type Listener = (message: unknown) => void;
interface AppendStream {
  write: (message: unknown) => boolean;
  listeners(event: 'data'): Listener[];
  off(event: 'data', listener: Listener): void;
  on(event: 'data', listener: Listener): void;
}
type CreateStream = (
  stubs: unknown,
  name: string,
  open: (stub: unknown) => AppendStream,
  cache: unknown,
) => () => Promise<AppendStream>;

/** Two ways of the client to end the process by an append are closed where its stream of appends is made. */
function mendAppends(client: EventStoreDBClient): void {
  const open = client as unknown as { GRPCStreamCreator: CreateStream };
  const createStream = open.GRPCStreamCreator;
  open.GRPCStreamCreator = (stubs, name, create, cache) =>
    createStream(
      stubs,
      name,
      name === 'appendToStream' ? (stub) => withAnswersToNobody(alwaysWritable(create(stub))) : create,
      cache,
    );
}

/**
 * The client holds back appends while its stream has 16 messages to send, and when the stream then ends, each append held back
 * becomes an unhandled rejection. A stream that always seems to have room leaves nothing to hold back: gRPC's own buffer takes
 * it, and what may be in it is bounded by the appends in flight.
 */
function alwaysWritable(stream: AppendStream): AppendStream {
  const write = stream.write.bind(stream);
  stream.write = (message) => {
    write(message);
    return true;
  };
  return stream;
}

/**
 * All appends of a process are in one table of the client, which the end of any stream empties: their callers are told of an error, and
 * ask again. The answer that an append of another stream still gets finds nobody then, and the client throws where nobody catches.
 */
function withAnswersToNobody(stream: AppendStream): AppendStream {
  for (const listener of stream.listeners('data')) {
    stream.off('data', listener);
    stream.on('data', (answer) => {
      try {
        listener(answer);
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown;
      }
    });
  }
  return stream;
}

/** The client can cancel its calls but not close its channel, so this reaches for it. */
async function closeChannel(client: EventStoreDBClient): Promise<void> {
  const { getChannel } = client as unknown as { getChannel: () => Promise<{ close: () => void }> };
  try {
    (await getChannel()).close();
  } catch {
    // There was never a channel: no node of the cluster was found.
  }
}

/** Holds the connection in use and replaces it when it is found broken. */
export interface ConnectionHolder extends AsyncDisposable {
  /** Rejects as `openConnection` throws. */
  current(): Promise<Connection>;
  /** Replaces `broken` if it is still in use. Calls open on it fail. */
  replace(broken: Connection): void;
}

/**
 * The client keeps some broken states for ever (a failed discovery, a batch stream without answers), so only a new one helps.
 * The old one is closed before the new one is given out: the client's appends share one table per process, which the end of
 * any stream empties, so that appends on the new one would have to be asked again.
 */
export function createConnectionHolder(connectionString: string): ConnectionHolder {
  let connection: Connection | undefined = openConnection(connectionString);
  let closing: Promise<void> = Promise.resolve();
  return {
    async current() {
      await closing;
      return (connection ??= openConnection(connectionString));
    },
    replace(broken) {
      if (broken !== connection) return;
      connection = undefined;
      closing = broken.close();
    },
    async [Symbol.asyncDispose]() {
      await closing;
      await connection?.close();
    },
  };
}
