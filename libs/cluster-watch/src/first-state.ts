import type { TypeMemory, WatchRun } from './link.ts';
import type { Gathering } from './scope-run.ts';
import type { Placing } from './type-holdings.ts';

/** By the scopes as they are now. A first state stays whole while it is read anew: who was not in it does not come back. */
const placingOf =
  ({ scopes }: TypeMemory): Placing =>
  (namespace) => {
    const all = [...scopes.values()];
    const reads = all.find(({ scope: { included } }) => included === undefined || included === namespace);
    if (reads !== undefined) return { scope: reads.scope.key, isWhole: reads.firstState === 'whole' };
    return namespace === undefined ? undefined : 'nowhere';
  };

/** Nothing of the type changes while this works. */
async function exclusively(run: WatchRun, memory: TypeMemory, work: () => Promise<void>): Promise<void> {
  const deciding = work().catch((error: unknown) => {
    run.fail(error);
  });
  memory.deciding = deciding;
  await deciding;
  memory.deciding = undefined;
  run.outbox.wake();
}

/** Compares what is held of a type with what the sink has; nothing of the type changes meanwhile. Does nothing where that is known. */
export async function decideNow(run: WatchRun, memory: TypeMemory, all: boolean): Promise<void> {
  const { groupResource } = memory.type;
  // Another scope of the type has begun with it.
  if (memory.deciding !== undefined) await memory.deciding;
  if (!run.knowledge.has(groupResource)) return;
  const holdings = run.holdings.of(groupResource);
  await exclusively(run, memory, () => run.knowledge.decide(groupResource, holdings, placingOf(memory), all));
}

/** Deletes what is left over and not selected any longer, where some scopes may not be read and the caller knows what lies where. */
async function placeLeftOver(run: WatchRun, memory: TypeMemory): Promise<void> {
  const { groupResource } = memory.type;
  while (memory.deciding !== undefined) await memory.deciding;
  const holdings = run.holdings.of(groupResource);
  if (holdings.unplacedBuckets().length === 0) return;
  await exclusively(run, memory, async () => {
    // What the sink does not have yet it cannot be asked about.
    await run.outbox.flush();
    await run.knowledge.placeLeftOver(groupResource, holdings, placingOf(memory));
  });
}

/**
 * A scope is done with its first state, or will not have one for now. When all scopes of the type are, what the sink has is compared; when all
 * have a whole first state, what is left over is deleted, else that of it which no scope reads.
 */
export async function settleType(run: WatchRun, memory: TypeMemory): Promise<void> {
  const scopes = [...memory.scopes.values()];
  const isRead = scopes.some(({ firstState }) => firstState !== 'none');
  const isSettled = scopes.every(({ firstState, isSettled: settled }) => firstState !== 'none' || settled);
  if (scopes.length === 0 || !isSettled) return;
  if (isRead) await decideNow(run, memory, false);
  if (scopes.every(({ firstState }) => firstState === 'whole'))
    run.holdings.of(memory.type.groupResource).sweepLeftOver();
  else await placeLeftOver(run, memory);
  run.outbox.wake();
}

export async function finishFirstState(
  run: WatchRun,
  memory: TypeMemory,
  scopeKey: string,
  { complete }: Gathering,
): Promise<void> {
  const scope = memory.scopes.get(scopeKey);
  // Nobody wants it any longer.
  if (scope === undefined) return;
  if (complete) run.holdings.of(memory.type.groupResource).finishFirstState(scopeKey);
  scope.firstState = complete ? 'whole' : 'partial';
  await settleType(run, memory);
}
