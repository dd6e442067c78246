import type { ClusterSink, SnapshotSummary } from '@mooring/cluster-watch';
import type { Inventory, Writer } from '../adapters/inventory.ts';
import { storableJson } from '../adapters/storable-json.ts';
import { afterKindStatus, type Knowledge } from '../domain/details.ts';
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
    async onIdentity({ uid, version, platform, ...identity }) {
      cluster = { uid, version, credentialId, ...(platform === undefined ? {} : { platform }) };
      await inventory.note(writer, {
        uid,
        version,
        platform: platform ?? null,
        identity: storableJson(identity),
        watch: 'snapshot',
        reason: null,
        last_seen_at: new Date(),
      });
      const { desired, knowledge } = situation.facts;
      // A new link has reached nothing yet.
      situation.change({
        observed: { kind: 'up', cluster, decision: desired.decision },
        knowledge: { kinds: knowledge.kinds },
      });
    },
    async onTier(tier) {
      await inventory.noteTier(writer, tier, new Date());
      const { knowledge } = situation.facts;
      situation.change({ knowledge: { ...knowledge, tier } });
    },
    async onKindStatus(type, status) {
      await inventory.noteKind(writer, type, status);
      situation.change({ knowledge: afterKindStatus(situation.facts.knowledge, type, status, performance.now()) });
    },
    onChanges: (changes) => inventory.apply(writer, changes, new Date()),
    async onSnapshotComplete(summary) {
      const found = { types: Object.keys(summary.kinds), staleGroups: summary.staleGroups };
      await inventory.noteSnapshot(writer, found, new Date());
      onSettled();
      if (cluster !== undefined)
        situation.change({
          observed: { kind: 'complete', cluster, snapshot: toSnapshot(summary, situation.facts.knowledge) },
        });
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

const toSnapshot = ({ objects, kinds }: SnapshotSummary, knowledge: Knowledge): Snapshot => ({
  objects,
  kinds: Object.entries(kinds).map(([type, { state, count }]) => ({
    type,
    kind: knowledge.kinds.get(type)?.kind ?? type,
    status: state,
    objects: count,
  })),
});
