import type { Tracer } from '@opentelemetry/api';
import type { EventStore } from '../port.ts';
import type { Upcasters } from '../upcasters.ts';

export interface EventStoreOptions {
  /** `esdb://host:port?tls=false`, or several hosts, or `esdb+discover://`; credentials and CA file inside. */
  readonly connectionString: string;
  /** How long an append is repeated before its caller is told that its outcome is unknown; default 10,000 ms. */
  readonly appendTimeoutMs?: number;
  readonly tracer?: Tracer;
  /** Applied by `read` and `follow`; give those of all aggregates, merged. */
  readonly upcasters?: Upcasters;
}

/** The store over EventStoreDB's own client. Nothing is called until it is used. */
export function createEventStore(options: EventStoreOptions): EventStore {
  throw new Error(`not built yet: ${options.connectionString}`);
}
