import type { ClusterIdentity } from './identity.ts';
import type { SlimRecord } from './records/record.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource, ResourceType, Tier } from './resource-type.ts';

/**
 * One object as it is now, or gone. Its key is type and uid: some servers show one object as two types. `hash` is a function of the record's content alone (the same in every process and
 * version of the cluster), so a caller can keep it and hand it back as `known` after a restart.
 */
export type ResourceChange =
  | { readonly op: 'upsert'; readonly type: GroupResource; readonly record: SlimRecord; readonly hash: string }
  | { readonly op: 'delete'; readonly type: GroupResource; readonly uid: string };

/**
 * - `listing`: the first state, or the difference after a gap, is being read.
 * - `watching`: what the sink has is what the cluster has, but for what is on its way, and for what lies in an included namespace that may
 *   not be read (`reason` says which): of that, the sink keeps what it had.
 * - `forbidden`, `missing`: the cluster answers 403 or 404; asked again slowly. Says nothing about the objects: none is deleted.
 * - `failing`: the last attempt broke; tried again with backoff.
 * - `removed`: the cluster no longer serves it, or it is no longer selected. What was held of it is emitted as deletes. The last status of a
 *   type until it comes back.
 */
export type KindState = 'listing' | 'watching' | 'forbidden' | 'missing' | 'failing' | 'removed';

export interface KindStatus {
  readonly state: KindState;
  /** RFC 3339 UTC time at which this state began. */
  readonly since: string;
  /** For a person; there for `forbidden`, `missing`, `failing` and `removed`, and for `watching` when objects were left out. */
  readonly reason?: string;
  /** Objects of this kind that the library holds. */
  readonly count: number;
  /**
   * Objects that cannot be understood, are too large, or for which there is no room, each once, as it is now; and lines that cannot be told
   * from each other, until the next first state. `reason` names some of them where the state is `watching`.
   */
  readonly leftOut: number;
  /**
   * RFC 3339 UTC: of what was read whole last, and accepted by the sink, when that began; of several namespaces the longest ago. What is held is
   * no older, also where the type can be listed and not watched. Not there before each of them was read whole once in this watch.
   */
  readonly readAt?: string;
}

export interface SnapshotSummary {
  /** 1 for the first link of this watch, one more with every restored link. */
  readonly link: number;
  readonly kinds: Readonly<Record<GroupResource, KindStatus>>;
  /** Held over all types. */
  readonly objects: number;
  /**
   * API groups of which it is not known now all that they serve, because what serves them is away, or because the cluster has more than 5,000
   * types; `*` while nothing is known.
   */
  readonly staleGroups: readonly string[];
}

export interface LinkLoss {
  readonly refusal: ClusterRefusal;
  /** Failed attempts to get the link since it was lost, or since the start: 0 at the loss itself, then 1, 2, … */
  readonly attempts: number;
  /** RFC 3339 UTC. */
  readonly since: string;
}

/**
 * Where a watch puts what it learns. Calls come one at a time, each awaited before the next: a slow sink slows the watch
 * down (the server's flow control holds the rest; changes to one object meanwhile become one). A call that rejects ends the watch, and
 * `finished` rejects with the same error: the caller starts a new watch with what it kept as `known`.
 */
export interface ClusterSink {
  /** First of all, on every link; the UID is the same each time (another UID ends the watch). */
  onIdentity(identity: ClusterIdentity): void | Promise<void>;
  /**
   * Each tier once per link, in order, when of each type that belongs to it what there is was accepted by the sink; or the type may not be read,
   * is not there, or has failed five times: so the sink was told by `onKindStatus` before.
   */
  onTier(tier: Tier): void | Promise<void>;
  /** `count` moves on without a call; everything else is told as it changes. */
  onKindStatus(type: ResourceType, status: KindStatus): void | Promise<void>;
  /** Never empty. At most one change per object in a batch; order per object over batches; nothing that the sink already has. */
  onChanges(changes: readonly ResourceChange[]): void | Promise<void>;
  /**
   * Once per link, after the state of every type that may be read was accepted: now the sink equals the cluster. Once more after each change
   * of the selection.
   */
  onSnapshotComplete(summary: SnapshotSummary): void | Promise<void>;
  /** When the link is lost, and after each failed attempt to get it (the first one included). The watch goes on trying. */
  onLinkLost(loss: LinkLoss): void | Promise<void>;
  /** After a loss, when the cluster answers again and is the same one; `onIdentity` and later `onSnapshotComplete` follow. */
  onLinkRestored(): void | Promise<void>;
}
