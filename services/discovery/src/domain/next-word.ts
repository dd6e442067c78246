import { nextKind, nextTier, type Knowledge } from './details.ts';
import type { Desired } from './desired.ts';
import { modeOf } from './mode.ts';
import type { Observed } from './observed.ts';
import { nextReport, type LossPolicy, type NextReport, type Reported } from './reporting.ts';
import type { Told } from './watch.ts';

/** Everything that decides about what is said next. */
export interface Word {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly knowledge: Knowledge;
  readonly reported?: Reported | undefined;
  readonly told: Told;
}

/**
 * What should be said about a cluster next: whether it is there before how much of it is known, a tier before the whole, and what is wrong with
 * a kind only once the whole was said. Level-triggered like {@link nextReport}.
 */
export function nextWord(
  { desired, observed, knowledge, reported, told }: Word,
  policy: LossPolicy,
  nowMs: number,
): NextReport {
  const word = nextReport(desired, observed, reported, policy, nowMs);
  if (word.kind === 'report' && word.observation.type !== 'SnapshotCompleted') return word;
  if (modeOf(desired) !== 'watch' || (observed.kind !== 'up' && observed.kind !== 'complete')) return word;
  const { uid } = observed.cluster;
  const tier = nextTier(knowledge, told, uid);
  if (tier !== undefined) return { kind: 'report', observation: tier };
  if (word.kind === 'report' || observed.kind === 'up' || reported?.type !== 'SnapshotCompleted') return word;
  const kind = nextKind(knowledge, told, uid, policy.windowMs, nowMs);
  if (word.kind === 'wait' && kind.kind === 'wait') return { kind: 'wait', waitMs: Math.min(word.waitMs, kind.waitMs) };
  return kind.kind === 'nothing' ? word : kind;
}
