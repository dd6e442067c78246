import { connectBus, provision, topology, type Bus } from '@mooring/messaging';
import { startTestNats } from '@mooring/testing';
import { jetstreamManager } from '@nats-io/jetstream';

/** A bus of its own with all streams and consumers, on which everybody may do everything. */
export interface OpenBus extends AsyncDisposable {
  readonly bus: Bus;
  readonly url: string;
  /** Removes the stream or the durable of it, and makes what is missing as the provisioner does. */
  renew(stream: string, durable?: string): Promise<void>;
  /** How many messages of the stream the durable has not acknowledged; `undefined` while the stream holds less than `messages`. */
  lag(stream: string, durable: string, messages: number): Promise<number | undefined>;
}

export async function openBus(): Promise<OpenBus> {
  const nats = await startTestNats();
  const bus = await connectBus({ servers: nats.url, name: 'bench' });
  await provision(bus, topology());
  const manager = await jetstreamManager(bus.connection);
  return {
    bus,
    url: nats.url,
    async renew(stream, durable) {
      if (durable === undefined) await manager.streams.delete(stream);
      else await manager.consumers.delete(stream, durable);
      await provision(bus, topology());
    },
    async lag(stream, durable, messages) {
      const { state } = await manager.streams.info(stream);
      if (state.last_seq < messages) return undefined;
      const { num_pending, num_ack_pending } = await manager.consumers.info(stream, durable);
      return num_pending + num_ack_pending;
    },
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await nats[Symbol.asyncDispose]();
    },
  };
}
