import { overLimitInWords, unreadInWords } from './left-out-words.ts';
import type { TypeMemory, WatchRun } from './link.ts';
import type { KindState, KindStatus } from './sink.ts';
import { combinedState } from './type-status.ts';

const overLimitOf = ({ scopes }: TypeMemory): number =>
  [...scopes.values()].reduce((sum, { overLimit }) => sum + overLimit, 0);

/** Objects or lines of a type that the sink will never hear of, as they are now. */
export const leftOutOf = (memory: TypeMemory): number =>
  [...memory.scopes.values()].reduce((sum, { overLimit, unread }) => sum + overLimit + unread.count, 0);

/** Types by state, and what is left out of all of them. */
export function countTypes(memories: Iterable<TypeMemory>): {
  readonly kinds: Readonly<Partial<Record<KindState, number>>>;
  readonly leftOut: number;
} {
  const kinds: Partial<Record<KindState, number>> = {};
  let leftOut = 0;
  for (const memory of memories) {
    const state = memory.status?.state ?? 'listing';
    kinds[state] = (kinds[state] ?? 0) + 1;
    leftOut += leftOutOf(memory);
  }
  return { kinds, leftOut };
}

function remarkOf(memory: TypeMemory, run: WatchRun): string | undefined {
  const { kind } = memory.type;
  const { lineBytesMax } = run.limits;
  const unread = unreadInWords(
    [...memory.scopes.values()].map((scope) => scope.unread),
    { kind, lineBytesMax },
  );
  const overLimit = overLimitInWords(overLimitOf(memory), run.limits);
  const reasons = [
    ...(unread === undefined ? [] : [unread]),
    ...(overLimit === undefined ? [] : [overLimit]),
    ...([...memory.scopes.values()].some(({ distrustsVersions }) => distrustsVersions)
      ? ['the versions it gives go backwards: it is read anew instead of resumed']
      : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** Of the scope that was read the longest ago; of none while there is one that was not. */
function readAtOf({ scopes }: TypeMemory): string | undefined {
  const times = [...scopes.values()].map(({ readAt }) => readAt);
  return times.includes(undefined) ? undefined : times.sort()[0];
}

/** What the sink is told of: while it is not compared yet, that is what is known from before. */
export const countedOf = ({ holdings, knowledge }: WatchRun, { groupResource }: TypeMemory['type']): number =>
  knowledge.has(groupResource) ? knowledge.count(groupResource) : holdings.of(groupResource).count;

/** Tells the sink how a type is doing, unless nothing is new. `since` moves only when the state does. */
export async function reportState(
  run: WatchRun,
  memory: TypeMemory,
  state: KindState,
  because?: string,
): Promise<void> {
  const before = memory.status;
  const leftOut = leftOutOf(memory);
  const reasons = [because, state === 'watching' ? remarkOf(memory, run) : undefined].filter(
    (each) => each !== undefined,
  );
  const reason = reasons.length === 0 ? undefined : reasons.join('; ');
  const readAt = readAtOf(memory);
  const isSame = before?.reason === reason && before?.leftOut === leftOut && before.readAt === readAt;
  if (before?.state === state && isSame) return;
  const since = before?.state === state ? before.since : run.now().toISOString();
  const count = countedOf(run, memory.type);
  const status: KindStatus = {
    ...{ state, since, count, leftOut },
    ...(reason === undefined ? {} : { reason }),
    ...(readAt === undefined ? {} : { readAt }),
  };
  memory.status = status;
  await run.sink.call((sink) => sink.onKindStatus(memory.type, status));
}

/** As it follows from the states of its scopes; one that has said nothing yet is being listed. */
export function reportType(run: WatchRun, memory: TypeMemory): Promise<void> {
  const states = [...memory.scopes.values()].map(({ state }) => state ?? { state: 'listing' as const });
  const { state, reason } = combinedState(states);
  return reportState(run, memory, state, reason);
}
