import type { TypeMemory, WatchRun } from './link.ts';
import type { GroupResource, Tier } from './resource-type.ts';
import type { KindStatus } from './sink.ts';
import { countedOf } from './type-report.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Says to the sink which tiers are complete, and when the snapshot is. */
export interface TierProgress {
  opened(memory: TypeMemory): void;
  settled(type: GroupResource): Promise<void>;
  /** Not wanted any longer: nobody waits for it. */
  dropped(type: GroupResource): void;
  /** It is known which types there are. */
  catalogSettled(): Promise<void>;
  /** Something else is wanted: the snapshot is told once more when it is there. */
  selectionChanged(): void;
}

/** `number` is 1 for the first link of the watch. */
export function createTierProgress(run: WatchRun, registry: TypeRegistry, number: number): TierProgress {
  const open = new Map<GroupResource, TypeMemory>();
  const announced = new Set<Tier>();
  let isCatalogKnown = false;
  let isSnapshotTold = false;

  const isComplete = (tier: Tier): boolean =>
    isCatalogKnown &&
    (tier === 'everything' ? open.size === 0 : [...open.values()].every(({ type }) => type.tier !== tier));
  const tellSnapshot = async (): Promise<void> => {
    isSnapshotTold = true;
    const kinds: Record<GroupResource, KindStatus> = {};
    let objects = 0;
    for (const memory of registry.memories.values()) {
      const count = countedOf(run, memory.type);
      objects += count;
      if (memory.status !== undefined) kinds[memory.type.groupResource] = { ...memory.status, count };
    }
    const staleGroups = registry.offer?.staleGroups ?? [];
    await run.sink.call((sink) => sink.onSnapshotComplete({ link: number, kinds, objects, staleGroups }));
  };
  const check = async (): Promise<void> => {
    for (const tier of ['workloads', 'everything'] as const) {
      if (announced.has(tier) || !isComplete(tier)) continue;
      announced.add(tier);
      await run.sink.call((sink) => sink.onTier(tier));
    }
    if (!isSnapshotTold && announced.has('everything') && isComplete('everything')) await tellSnapshot();
  };

  return {
    opened: (memory) => void open.set(memory.type.groupResource, memory),
    async settled(type) {
      if (open.delete(type)) await check();
    },
    dropped(type) {
      if (open.delete(type)) void check();
    },
    async catalogSettled() {
      if (isCatalogKnown) return;
      isCatalogKnown = true;
      await check();
    },
    selectionChanged() {
      isSnapshotTold = false;
      void check();
    },
  };
}
