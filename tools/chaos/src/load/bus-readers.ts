import { PRODUCERS, streamOf } from '@mooring/contracts';
import { delay } from '@mooring/kernel';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';

/** Where the bus is, and with which seed. */
export interface BusAccess {
  readonly url: string;
  readonly seed: string;
}

export const connectReader = ({ url, seed }: BusAccess): Promise<NatsConnection> =>
  connect({
    servers: url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    ignoreAuthErrorAbort: true,
  });

/** Outside systems on the bus: one that only listens, and one that reads every stream from its beginning. */
export interface BusReaders extends AsyncDisposable {
  /** Ids of the events heard live. */
  readonly heard: ReadonlySet<string>;
  /** Ids of the events read from streams. */
  readonly read: ReadonlySet<string>;
}

const RETRY_MS = 500;
const FETCH_MS = 2_000;

export async function startBusReaders(access: BusAccess, name: string): Promise<BusReaders> {
  const connection = await connectReader(access);
  const heard = new Set<string>();
  const read = new Set<string>();
  const stopping = new AbortController();
  const idOf = (message: { readonly string: () => string }): string =>
    (JSON.parse(message.string()) as { readonly id: string }).id;
  // Changes of the inventory are in no event store: their truth is the clusters.
  for (const producer of PRODUCERS)
    connection.subscribe(`events.${producer}.>`, {
      callback: (error, message) => {
        if (error === null) heard.add(idOf(message));
      },
    });

  const readSome = async (stream: string): Promise<void> => {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await manager.consumers.add(stream, {
      durable_name: name,
      name,
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
    });
    const consumer = await jetstream(connection).consumers.get(stream, name);
    for (;;) {
      for await (const message of await consumer.fetch({ max_messages: 500, expires: FETCH_MS })) {
        read.add(idOf(message));
        message.ack();
        if (stopping.signal.aborted) return;
      }
      if (stopping.signal.aborted) return;
    }
  };
  const loops = PRODUCERS.map(streamOf).map(async (stream) => {
    while (!stopping.signal.aborted) {
      await readSome(stream).catch(() => undefined);
      await delay(RETRY_MS, stopping.signal);
    }
  });
  return {
    heard,
    read,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await connection.close();
      await Promise.all(loops);
    },
  };
}
