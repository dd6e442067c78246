export { createEventStoreNode, type EventStoreNode, type EventStoreNodeOptions, type NodeSecurity } from './node.ts';
export type { Limits, SlowSubscribers } from './grpc/node-context.ts';
