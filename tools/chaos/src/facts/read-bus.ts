import { streamOf } from '@mooring/contracts';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { SPINE_SERVICES, type SpineService } from '../faults/fault.ts';
import { connectReader, type BusAccess } from '../load/bus-readers.ts';
import { digestOf, type PublishedFact } from './facts.ts';

const FETCH_MAX = 1_000;
const FETCH_MS = 5_000;

/** Every message of every producer's stream, in the order of the stream. `name` is the reader's, who keeps no place in it. */
export async function readBus(access: BusAccess, name: string): Promise<readonly PublishedFact[]> {
  const connection = await connectReader(access);
  try {
    const streams: PublishedFact[] = [];
    for (const producer of SPINE_SERVICES) streams.push(...(await readStream(connection, producer, name)));
    return streams;
  } finally {
    await connection.close();
  }
}

async function readStream(
  connection: NatsConnection,
  producer: SpineService,
  name: string,
): Promise<readonly PublishedFact[]> {
  const stream = streamOf(producer);
  const manager = await jetstreamManager(connection, { checkAPI: false });
  await manager.consumers.add(stream, {
    durable_name: name,
    name,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.None,
  });
  try {
    const consumer = await jetstream(connection).consumers.get(stream, name);
    const found: PublishedFact[] = [];
    const { num_pending: total } = await consumer.info();
    while (found.length < total) {
      const wanted = Math.min(FETCH_MAX, total - found.length);
      let got = 0;
      for await (const message of await consumer.fetch({ max_messages: wanted, expires: FETCH_MS })) {
        got += 1;
        const { id } = message.json<{ readonly id: string }>();
        found.push({ id, producer, subject: message.subject, digest: digestOf(message.data) });
      }
      if (got === 0) throw new Error(`${stream} gave ${found.length} of its ${total} messages`);
    }
    return found;
  } finally {
    await manager.consumers.delete(stream, name);
  }
}
