/** Connections are spread over so many shards; each is looked after by one instance. Fixed: instances must agree on it. */
export const SHARDS = 8;

/** The shard of a connection, in [0, {@link SHARDS}). Ids are random, so a few of their digits spread well. */
export const shardOf = (connectionId: string): number => Number.parseInt(connectionId.slice(0, 4), 16) % SHARDS || 0;
