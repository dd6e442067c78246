import { delay } from '@mooring/kernel';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { createFollower, type ChangesMessage, type Followed } from './fold-changes.ts';

export interface BusAccess {
  readonly url: string;
  readonly seed: string;
}

const STREAM = 'INVENTORY';
const FETCH_MS = 1_000;
const FETCH_MAX = 500;
const RETRY_MS = 500;

/** Reads the stream of changes from its beginning, as an outside system with a read-only user does, over whatever happens to the bus. */
export async function followStream(
  { url, seed }: BusAccess,
  reader: string,
  connectionId: string,
): Promise<Followed & AsyncDisposable> {
  const connection = await connect({
    servers: url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    ignoreAuthErrorAbort: true,
  });
  const follower = createFollower(connectionId);
  const stopping = new AbortController();
  const read = async (): Promise<void> => {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await manager.consumers.add(STREAM, {
      durable_name: reader,
      name: reader,
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 1_000,
    });
    const consumer = await jetstream(connection).consumers.get(STREAM, reader);
    while (!stopping.signal.aborted) {
      for await (const message of await consumer.fetch({ max_messages: FETCH_MAX, expires: FETCH_MS })) {
        follower.take(message.seq, message.json<ChangesMessage>());
        message.ack();
      }
    }
  };
  const reading = (async () => {
    while (!stopping.signal.aborted) {
      await read().catch(() => undefined);
      await delay(RETRY_MS, stopping.signal);
    }
  })();
  return {
    objects: follower.objects,
    troubles: follower.troubles,
    get batches() {
      return follower.batches;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await connection.close();
      await reading;
    },
  };
}
