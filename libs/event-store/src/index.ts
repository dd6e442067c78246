export type { CommandContext, DomainEvent, EventMetadata, NewEvent, Recorded, StoredEvent } from './event.ts';
export type {
  Appended,
  EventStore,
  ExpectedRevision,
  FollowBatch,
  FollowOptions,
  FollowStatus,
  ReadOptions,
} from './port.ts';
export { NOTHING_RECORDED, expectedAfter } from './expected.ts';
export { categoryPrefix, parseStreamName, streamNameOf, type StreamName } from './stream-name.ts';
export { createEventStore, type EventStoreOptions } from './client/event-store.ts';
export { createInMemoryEventStore, type InMemoryEventStoreOptions } from './memory/event-store.ts';
export { createAggregate, foldEvents, stateAt, type Aggregate, type Fold, type Loaded } from './aggregate.ts';
export { load } from './load.ts';
export type { FoldCache, FoldCacheLimits } from './fold-cache.ts';
export { handleCommand, type CommandOutcome, type Decide, type RecordedByCommand } from './command.ts';
export type { Upcaster, Upcasters } from './upcasters.ts';
export { asAccount, secureConnectionString, type EventStoreAccount } from './connection-string.ts';
export { provisionEventStore, SERVICES_GROUP, type ProvisionOptions } from './provision/provision.ts';
