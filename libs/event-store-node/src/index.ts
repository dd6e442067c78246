export { createEventStoreNode, type EventStoreNode, type EventStoreNodeOptions } from './node.ts';
export type { Limits, SlowSubscribers } from './grpc/node-context.ts';
