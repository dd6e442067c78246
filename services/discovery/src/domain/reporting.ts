import type { Desired } from './desired.ts';
import { isMissing, modeOf } from './mode.ts';
import type { Observed } from './observed.ts';
import type { Observation } from './watch.decide.ts';
import type { Said } from './watch.ts';

/** When a cluster that was there counts as lost: so many failed looks in a row, over so long. */
export interface LossPolicy {
  readonly looks: number;
  readonly windowMs: number;
}

/** The last word, and what had been heard of the connection when it was said; -1 when that is not known any more. */
export type Reported = Said & { readonly sequence: number };

/** What to say now, how long to wait before asking again, or nothing until something changes. */
export type NextReport =
  | { readonly kind: 'report'; readonly observation: Observation }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'nothing' };

const NOTHING: NextReport = { kind: 'nothing' };

/** This reason says that nobody has looked yet. */
const PROBING = 'probing';

/** A credential may travel a little longer than the fact that names it; until the window is over that is no news. */
export const CREDENTIAL_MISSING = 'credential-missing';

/**
 * What should be said about a cluster, given what connections was last heard to think and what was last said.
 * Level-triggered: it compares, so it may be asked at any time and as often as one likes. The same thing is said once per
 * decision, and again only when connections was heard since and still thinks otherwise.
 */
export function nextReport(
  desired: Desired,
  observed: Observed,
  last: Reported | undefined,
  policy: LossPolicy,
  nowMs: number,
): NextReport {
  const mode = modeOf(desired);
  if (mode === 'rest' || mode === 'gone') return NOTHING;
  // A look made under an older decision says nothing about this one; the next look is under way.
  if (observed.kind === 'away' && observed.decision !== desired.decision) return NOTHING;
  if (observed.kind === 'up' && isMissing(desired) && observed.decision !== desired.decision) return NOTHING;
  switch (observed.kind) {
    case 'unknown':
      return NOTHING;
    case 'up':
    case 'complete':
      return reportPresence(desired, observed, last);
    case 'away':
      return reportAbsence(desired, observed, last, policy, nowMs);
  }
}

const report = (observation: Observation): NextReport => ({ kind: 'report', observation });

function reportPresence(
  desired: Desired,
  observed: Extract<Observed, { kind: 'up' | 'complete' }>,
  last: Reported | undefined,
): NextReport {
  const { cluster } = observed;
  const seen = report({
    type: 'ClusterSeen',
    data: {
      credentialId: cluster.credentialId,
      clusterUid: cluster.uid,
      clusterVersion: cluster.version,
      ...(cluster.platform === undefined ? {} : { platform: cluster.platform }),
    },
  });
  const heardSince = last === undefined || last.sequence < desired.sequence || last.decision !== desired.decision;
  if (isMissing(desired)) return last?.type === 'ClusterSeen' && !heardSince ? NOTHING : seen;
  // The last word must not stay a wrong one, whatever has been heard so far.
  if (last?.type === 'ClusterLost' || last?.type === 'ClusterRefused') return seen;
  if (observed.kind === 'up' || modeOf(desired) !== 'watch') return NOTHING;
  const said = last?.type === 'SnapshotCompleted' && last.decision === desired.decision;
  if (said && !(desired.state === 'registered' && heardSince)) return NOTHING;
  return report({ type: 'SnapshotCompleted', data: { clusterUid: cluster.uid, ...observed.snapshot } });
}

function reportAbsence(
  desired: Desired,
  { trouble, looks, looksAlike, sinceMs }: Extract<Observed, { kind: 'away' }>,
  last: Reported | undefined,
  policy: LossPolicy,
  nowMs: number,
): NextReport {
  const { code } = trouble.reason;
  const type = trouble.kind === 'lost' ? 'ClusterLost' : 'ClusterRefused';
  const said = last?.type === type && last.code === code && last.decision === desired.decision;
  const known = isMissing(desired) && desired.reason?.code === code;
  if (said && (known || last.sequence === desired.sequence)) return NOTHING;

  const overMs = Math.max(0, Math.floor(nowMs - sinceMs));
  const due = dueAfter(desired, last, code, policy);
  if ((due.alike ? looksAlike : looks) < due.looks) return NOTHING;
  if (overMs < due.windowMs) return { kind: 'wait', waitMs: due.windowMs - overMs };
  return report(
    trouble.kind === 'lost'
      ? { type: 'ClusterLost', data: { reason: trouble.reason, looks: Math.max(1, looks), overMs } }
      : { type: 'ClusterRefused', data: { reason: trouble.reason } },
  );
}

/** How many looks, over how long, a trouble needs before it is said. */
function dueAfter(
  desired: Desired,
  last: Reported | undefined,
  code: string,
  { looks, windowMs }: LossPolicy,
): { readonly looks: number; readonly windowMs: number; readonly alike: boolean } {
  if (!isMissing(desired)) return { looks, windowMs, alike: false };
  if (code === CREDENTIAL_MISSING) return { looks: 1, windowMs, alike: false };
  // Somebody waits for the first word: whoever entered it, or asked for a look, or brought a credential.
  const awaited =
    desired.reason === undefined || desired.reason.code === PROBING || last?.decision !== desired.decision;
  return awaited ? { looks: 1, windowMs: 0, alike: false } : { looks, windowMs: 0, alike: true };
}
