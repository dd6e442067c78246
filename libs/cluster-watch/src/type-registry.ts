import { withKeys } from './accept.ts';
import type { Offer } from './catalog-watch.ts';
import { decideNow, settleType } from './first-state.ts';
import { newScopeMemory, type ScopeMemory, type TypeMemory, type WatchRun } from './link.ts';
import type { GroupResource, ResourceType } from './resource-type.ts';
import { scopesOf } from './scope.ts';
import { isSelected, type Selection } from './selection.ts';
import { reportState } from './type-report.ts';

/** What reads the scopes, as long as there is a link. */
export interface Runner {
  /** Does nothing for one that is running. */
  start(memory: TypeMemory, scope: ScopeMemory): void;
  stop(type: GroupResource, scopeKey: string): void;
  /** The type is not wanted any longer. */
  dropped(type: GroupResource): void;
}

/**
 * Which types are wanted, from what the cluster serves and what is selected. A change starts and stops only what it concerns. What is no
 * longer wanted is emitted as deletes.
 */
export interface TypeRegistry {
  readonly memories: ReadonlyMap<GroupResource, TypeMemory>;
  readonly selection: Selection;
  readonly offer: Offer | undefined;
  setOffer(offer: Offer): void;
  select(selection: Selection): void;
  /** From here on this one reads; everything that is wanted is started. */
  attach(runner: Runner): void;
  detach(): void;
}

const orderOf = ({ tier, depth, groupResource }: ResourceType): number =>
  tier === 'workloads' ? 0 : groupResource === 'pods' ? 2 : depth === 'record' ? 1 : 3;

const syntheticType = (groupResource: GroupResource): ResourceType => {
  const [resource = '', ...group] = groupResource.split('.');
  return {
    ...{ groupResource, group: group.join('.'), version: '', resource, kind: resource, namespaced: true },
    ...{ tier: 'everything', depth: 'metadata' },
  };
};

const readsNamespace = ({ scopes }: TypeMemory, namespace: string, but: readonly string[]): boolean =>
  [...scopes.values()].some(
    ({ scope: { key, included } }) => !but.includes(key) && (included === undefined || included === namespace),
  );

export function createTypeRegistry(
  run: WatchRun,
  first: Selection,
  accepted: ReadonlySet<GroupResource>,
): TypeRegistry {
  const memories = new Map<GroupResource, TypeMemory>();
  const removing = new Set<GroupResource>();
  const unclaimed = new Set(accepted);
  let selection = first;
  let offer: Offer | undefined;
  let runner: Runner | undefined;

  const newMemory = (type: ResourceType): TypeMemory => {
    if (run.knowledge.has(type.groupResource)) run.holdings.of(type.groupResource).beginUndecided();
    return { type, status: undefined, scopes: new Map(), deciding: undefined };
  };

  /** Deletes everything that the sink has of a type, whoever put it there. */
  const remove = async (memory: TypeMemory, reason: string): Promise<void> => {
    const { groupResource } = memory.type;
    removing.add(groupResource);
    for (const key of memory.scopes.keys()) runner?.stop(groupResource, key);
    memories.delete(groupResource);
    runner?.dropped(groupResource);
    await memory.deciding;
    const holdings = run.holdings.of(groupResource);
    for (const key of memory.scopes.keys()) holdings.retire(key);
    memory.scopes.clear();
    await decideNow(run, memory, true);
    holdings.sweepLeftOver();
    await run.outbox.flush();
    await reportState(run, memory, 'removed', reason);
    run.holdings.drop(groupResource);
    removing.delete(groupResource);
    reconcile();
  };

  const dropScopes = (memory: TypeMemory, keys: readonly string[]): void => {
    const { groupResource } = memory.type;
    const holdings = run.holdings.of(groupResource);
    for (const key of keys) {
      const included = memory.scopes.get(key)?.scope.included;
      runner?.stop(groupResource, key);
      memory.scopes.delete(key);
      // That which replaces it may not be readable, and would then tell nothing of what it reads no longer.
      if (included === undefined || readsNamespace(memory, included, keys)) holdings.retire(key);
      else holdings.discard(key);
    }
    if (keys.length > 0) void settleType(run, memory);
  };

  const adopt = (type: ResourceType): void => {
    const memory = memories.get(type.groupResource) ?? newMemory(type);
    memories.set(type.groupResource, memory);
    unclaimed.delete(type.groupResource);
    const wanted = scopesOf(type, selection);
    const surplus = [...memory.scopes.keys()].filter((key) => wanted.every((each) => each.key !== key));
    if (surplus.length > 0 && memory.deciding !== undefined) {
      // Nothing may change while it is compared.
      void memory.deciding.then(reconcile);
      return;
    }
    const isOther = memory.type.version !== type.version;
    memory.type = type;
    for (const scope of wanted) {
      const known = memory.scopes.get(scope.key);
      if (known === undefined) memory.scopes.set(scope.key, newScopeMemory(scope, run.newBackoff()));
      else if (isOther) runner?.stop(type.groupResource, scope.key);
    }
    dropScopes(memory, surplus);
    for (const scope of memory.scopes.values()) runner?.start(memory, scope);
  };

  const reconcile = (): void => {
    if (offer === undefined) return;
    const { keys = false } = selection;
    const wanted = [...offer.types.values()]
      .filter((type) => isSelected(type, selection) && scopesOf(type, selection).length > 0)
      .map((type) => withKeys(type, keys))
      .sort((a, b) => orderOf(a) - orderOf(b));
    const names = new Set(wanted.map(({ groupResource }) => groupResource));
    const isGone = (type: GroupResource): boolean => offer?.gone.has(type) === true;
    for (const memory of [...memories.values()]) {
      const { groupResource } = memory.type;
      if (names.has(groupResource)) continue;
      void remove(
        memory,
        offer.types.has(groupResource) ? 'no longer selected' : 'this cluster does not serve it any longer',
      );
    }
    // What the sink has from before and nobody will read.
    for (const name of [...run.knowledge.types(), ...unclaimed]) {
      const type = offer.types.get(name);
      if (memories.has(name) || removing.has(name) || names.has(name) || (type === undefined && !isGone(name)))
        continue;
      unclaimed.delete(name);
      void remove(
        newMemory(type ?? syntheticType(name)),
        type === undefined ? 'this cluster does not serve it any longer' : 'not selected',
      );
    }
    for (const type of wanted) if (!removing.has(type.groupResource)) adopt(type);
  };

  return {
    memories,
    get selection() {
      return selection;
    },
    get offer() {
      return offer;
    },
    setOffer(next) {
      offer = next;
      reconcile();
    },
    select(next) {
      selection = next;
      reconcile();
    },
    attach(next) {
      runner = next;
      for (const memory of memories.values()) for (const scope of memory.scopes.values()) next.start(memory, scope);
    },
    detach() {
      runner = undefined;
    },
  };
}
