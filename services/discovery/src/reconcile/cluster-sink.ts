import { BASIC_TYPES, type ClusterSink, type SnapshotSummary } from '@mooring/cluster-watch';
import type { Inventory, Writer } from '../adapters/inventory.ts';
import { afterBrokenLink, afterFailedLook, type SeenCluster, type Snapshot } from '../domain/observed.ts';
import { toTrouble } from './look.ts';
import type { Situation } from './situation.ts';

export interface ClusterSinkOptions {
  readonly inventory: Inventory;
  readonly writer: Writer;
  readonly situation: Situation;
  readonly credentialId: string;
  /** The first state is in, or will not be for now: another cluster may have its turn. */
  readonly onSettled: () => void;
}

/**
 * Puts what a watch learns into the inventory, and the upshot into the situation. What the inventory does not take ends the
 * watch (its Failure is thrown), so the inventory never misses a change that the watch believes it has.
 */
export function createClusterSink(options: ClusterSinkOptions): ClusterSink {
  const { inventory, writer, situation, credentialId, onSettled } = options;
  let cluster: SeenCluster | undefined;

  return {
    async onIdentity({ uid, version, platform }) {
      cluster = { uid, version, credentialId, ...(platform === undefined ? {} : { platform }) };
      await inventory.note(writer, {
        uid,
        version,
        platform: platform ?? null,
        watch: 'snapshot',
        reason: null,
        last_seen_at: new Date(),
      });
      situation.change({ observed: { kind: 'up', cluster, decision: situation.facts.desired.decision } });
    },
    onTier: () => undefined,
    onKindStatus: (type, status) => inventory.noteKind(writer, type, status),
    onChanges: (changes) => inventory.apply(writer, changes, new Date()),
    async onSnapshotComplete(summary) {
      const now = new Date();
      await inventory.note(writer, { watch: 'live', reason: null, snapshot_at: now, last_seen_at: now });
      onSettled();
      if (cluster !== undefined)
        situation.change({ observed: { kind: 'complete', cluster, snapshot: toSnapshot(summary) } });
    },
    async onLinkLost({ refusal, attempts }) {
      onSettled();
      const trouble = toTrouble(refusal);
      const failed = attempts === 0 ? afterBrokenLink : afterFailedLook;
      const { observed, desired } = situation.facts;
      const at = { nowMs: performance.now(), decision: desired.decision };
      situation.change({ observed: failed(observed, trouble, at) });
      await inventory.note(writer, { watch: 'away', reason: JSON.stringify(trouble.reason) });
    },
    onLinkRestored: () => undefined,
  };
}

const KIND_OF: ReadonlyMap<string, string> = new Map(
  BASIC_TYPES.map(({ kind, groupResource }) => [groupResource, kind]),
);

const toSnapshot = ({ objects, kinds }: SnapshotSummary): Snapshot => ({
  objects,
  kinds: Object.entries(kinds).map(([type, { state, count }]) => ({
    kind: KIND_OF.get(type) ?? type,
    status: state,
    objects: count,
  })),
});
