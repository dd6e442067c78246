import {
  CREDENTIAL_BUCKET,
  DEAD_LETTER_STREAM,
  durableOf,
  INVENTORY_CONTEXT,
  INVENTORY_STREAM,
  streamOf,
  type Producer,
} from '@mooring/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { consumersOf, type InventoryLimits, type Source, type Topology } from './topology.ts';

/** After this long without a word about a message the server delivers it again. Who holds one longer says so in time. */
export const ACK_WAIT_MS = 10_000;

/** How many messages of one durable may be in hand at once, over all its instances. */
export const MAX_ACK_PENDING = 1_000;

/** How long JetStream remembers message ids, to answer a repeat as a duplicate. It helps retries, nothing depends on it. */
const DUPLICATE_WINDOW_MS = 120_000;

export type StreamPlan = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;
export type ConsumerPlan = Partial<ConsumerConfig> & { readonly durable_name: string };

export interface Plan {
  readonly streams: readonly StreamPlan[];
  readonly consumers: readonly { readonly stream: string; readonly config: ConsumerPlan }[];
}

const kept = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  // Full means that the publisher is told so and waits; nothing old is ever thrown away for something new.
  discard: DiscardPolicy.New,
  max_age: 0,
  max_msgs: -1,
  max_bytes: -1,
  max_msgs_per_subject: -1,
  duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  allow_direct: true,
  num_replicas: 1,
} as const;

/** Stored and seen as `events.…` but published as `relay.…`: a plain subscriber never sees what the stream refused. */
const published = (context: string) => ({
  subjects: [`relay.${context}.>`],
  subject_transform: { src: `relay.${context}.>`, dest: `events.${context}.>` },
  republish: { src: `events.${context}.>`, dest: `events.${context}.>` },
  deny_delete: true,
  deny_purge: true,
});

const producerStream = (producer: Producer): StreamPlan => ({
  ...kept,
  name: streamOf(producer),
  ...published(producer),
});

/** What is in it can be read anew elsewhere, so the oldest go for something new. */
const inventoryStream = ({ ageMsMax, bytesMax }: InventoryLimits): StreamPlan => ({
  ...kept,
  name: INVENTORY_STREAM,
  ...published(INVENTORY_CONTEXT),
  discard: DiscardPolicy.Old,
  max_age: nanos(ageMsMax),
  max_bytes: bytesMax,
  compression: StoreCompression.S2,
});

const deadLetterStream: StreamPlan = {
  ...kept,
  name: DEAD_LETTER_STREAM,
  subjects: ['dead.>', 'redrive.>'],
  deny_delete: false,
  deny_purge: true,
};

/** A key-value bucket is a stream of certain settings: these are what a client would make, but for the last. */
const credentialBucket: StreamPlan = {
  ...kept,
  name: `KV_${CREDENTIAL_BUCKET}`,
  subjects: [`$KV.${CREDENTIAL_BUCKET}.>`],
  // One value a key and no history: an erased credential is gone, not hidden behind a newer entry.
  max_msgs_per_subject: 1,
  allow_rollup_hdrs: true,
  deny_delete: true,
  // What marks an erased one goes too, after the time it was given.
  allow_msg_ttl: true,
};

const durable = (name: string, filter?: string): ConsumerPlan => ({
  durable_name: name,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ACK_WAIT_MS),
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  // Never given up by the server: the consumer counts its tries and parks the message itself.
  max_deliver: -1,
  max_ack_pending: MAX_ACK_PENDING,
  ...(filter === undefined ? {} : { filter_subject: filter }),
});

/** Where a consumer gets back what was redriven to it. */
export const redriveSourceOf = (consumer: string): Source => ({
  consumer,
  stream: DEAD_LETTER_STREAM,
  durable: `${consumer}-from-redrive`,
  gapless: false,
});

/** Everything JetStream must hold for a topology. Pure; equal topologies give equal plans. */
export function planOf(topology: Topology): Plan {
  return {
    streams: [
      ...topology.producers.map(producerStream),
      inventoryStream(topology.inventory),
      deadLetterStream,
      credentialBucket,
    ],
    consumers: [
      ...topology.subscriptions.map((subscription) => ({
        stream: streamOf(subscription.producer),
        config: durable(durableOf(subscription)),
      })),
      ...consumersOf(topology).map((consumer) => ({
        stream: DEAD_LETTER_STREAM,
        config: durable(redriveSourceOf(consumer).durable, `redrive.${consumer}.>`),
      })),
    ],
  };
}
