/** What stands beside every stored event. `$correlationId` and `$causationId` are EventStoreDB's own conventions. */
export interface EventMetadata {
  /** The operation this event belongs to. */
  readonly $correlationId: string;
  /** The id of the event that caused this one. */
  readonly $causationId?: string;
  /** Version of the schema `data` has; upcasters bring older ones up on reading. */
  readonly schemaVersion: number;
  /** For whom; absent when nobody in particular asked. */
  readonly userId?: string;
  /** The installation. */
  readonly systemId: string;
  /** W3C trace context of the span that recorded the event. */
  readonly traceparent: string;
  /** The caller's key of the command that led to it, when it gave one. */
  readonly idempotencyKey?: string;
}

/** An event of a domain: data only, discriminated by `type`. Data must survive JSON: no `undefined` in arrays, dates, bigints or maps. */
export interface DomainEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the store adds to an event when it records it. */
export interface Recorded {
  readonly id: string;
  readonly streamName: string;
  /** Place in its stream, from 0. */
  readonly revision: bigint;
  /** Commit position in `$all`: ordered, with gaps. */
  readonly position: bigint;
  readonly metadata: EventMetadata;
  /** The store's clock, to the millisecond; it may step, so order by `revision` or `position`. */
  readonly recordedAt: Date;
}

/**
 * An event as the store gives it back, still discriminated by `type`. A stored event is a fact: reading it never fails on
 * its content, so data that is no JSON object comes as `{}` and metadata that is not ours as defaults.
 */
export type StoredEvent<E extends DomainEvent = DomainEvent> = E extends DomainEvent ? E & Recorded : never;

/** An event about to be appended. */
export interface NewEvent<E extends DomainEvent = DomainEvent> {
  /** A UUID, chosen once by the caller: it makes the repeat of an append safe. */
  readonly id: string;
  readonly type: E['type'];
  readonly data: E['data'];
  /** `traceparent` is filled in from the span of the append when it is not given. */
  readonly metadata: Omit<EventMetadata, 'traceparent'> & { readonly traceparent?: string };
}

/** The state a command starts from: who asks, for what, in which trace. */
export interface CommandContext {
  readonly correlationId: string;
  readonly causationId?: string;
  readonly userId?: string;
  readonly systemId: string;
  readonly idempotencyKey?: string;
}
