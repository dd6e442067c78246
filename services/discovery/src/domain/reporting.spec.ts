import type { ConnectionState, Intent } from '@mooring/contracts';
import type { Desired } from './desired.ts';
import { afterBrokenLink, afterFailedLook, UNKNOWN, type Observed, type Trouble } from './observed.ts';
import { nextReport, type NextReport, type Reported } from './reporting.ts';

const POLICY = { looks: 3, windowMs: 30_000 };
const cluster = { uid: 'uid-1', version: 'v1.35.4', credentialId: 'c1' };
const up: Observed = { kind: 'up', cluster, decision: 2 };
const complete: Observed = { kind: 'complete', cluster, snapshot: { objects: 7, kinds: [] } };
const lost = (code: string): Trouble => ({ kind: 'lost', reason: { code, message: 'away' } });
const refused = (code: string): Trouble => ({ kind: 'refused', reason: { code, message: 'no' } });
const failed = (trouble: Trouble, looks: number, decision = 2): Observed =>
  Array.from({ length: looks }).reduce<Observed>(
    (before) => afterFailedLook(before, trouble, { nowMs: 0, decision }),
    UNKNOWN,
  );

const desired = (
  state: ConnectionState,
  {
    decision = 2,
    sequence = 5,
    reason,
    intent = 'registered',
  }: { decision?: number; sequence?: number; reason?: string; intent?: Intent } = {},
): Desired => ({
  connectionId: 'a',
  name: 'a',
  state,
  intent,
  decision,
  sequence,
  withdrawn: state === 'disconnected' && intent === 'none',
  credentials: [{ id: 'c1', sequence: 0 }],
  ...(reason === undefined ? {} : { reason: { code: reason, message: reason } }),
  cause: { eventId: 'e', correlationId: 'o', traceparent: '' },
});
const said = (type: Reported['type'], decision: number, sequence: number, code?: string): Reported => ({
  type,
  decision,
  sequence,
  ...(code === undefined ? {} : { code }),
});

const short = (next: NextReport): string =>
  next.kind === 'report' ? next.observation.type : next.kind === 'wait' ? `in ${next.waitMs}` : '-';

type Row = readonly [string, Desired, Observed, Reported | undefined, number, string];

const PRESENCE: readonly Row[] = [
  ['nothing is known yet', desired('registered'), UNKNOWN, undefined, 0, '-'],
  ['found while it is looked for', desired('not_found', { reason: 'probing' }), up, undefined, 0, 'ClusterSeen'],
  ['found, said, and not heard of since', desired('not_found'), up, said('ClusterSeen', 2, 5), 0, '-'],
  [
    'found, said, and still taken for away by what was heard since',
    desired('disconnected'),
    up,
    said('ClusterSeen', 2, 4),
    0,
    'ClusterSeen',
  ],
  ['found, said under an older decision', desired('disconnected'), up, said('ClusterSeen', 1, 5), 0, 'ClusterSeen'],
  [
    'found by a look that was made under an older decision',
    desired('disconnected', { decision: 3 }),
    up,
    said('ClusterSeen', 2, 4),
    0,
    '-',
  ],
  ['withdrawn by a person', desired('disconnected', { intent: 'none' }), up, undefined, 0, '-'],
  ['there, as everybody knows', desired('ignored'), up, undefined, 0, '-'],
  ['registered and not complete yet', desired('registered'), up, said('ClusterSeen', 1, 3), 0, '-'],
  ['registered and complete', desired('registered'), complete, said('ClusterSeen', 1, 3), 0, 'SnapshotCompleted'],
  ['complete, said, and not heard of since', desired('registered'), complete, said('SnapshotCompleted', 2, 5), 0, '-'],
  [
    'complete, said, and heard since as still only registered',
    desired('registered'),
    complete,
    said('SnapshotCompleted', 2, 4),
    0,
    'SnapshotCompleted',
  ],
  [
    'complete, said by the process before this one',
    desired('connected'),
    complete,
    said('SnapshotCompleted', 2, -1),
    0,
    '-',
  ],
  [
    'complete under a newer decision',
    desired('connected', { decision: 3 }),
    complete,
    said('SnapshotCompleted', 2, 5),
    0,
    'SnapshotCompleted',
  ],
  [
    'complete in maintenance',
    desired('maintenance', { decision: 3 }),
    complete,
    said('SnapshotCompleted', 2, 5),
    0,
    'SnapshotCompleted',
  ],
  ['complete, but only looked at', desired('ignored'), complete, said('SnapshotCompleted', 2, 5), 0, '-'],
  [
    'complete, but taken for away',
    desired('disconnected'),
    complete,
    said('ClusterLost', 2, 4, 'timeout'),
    0,
    'ClusterSeen',
  ],
  [
    'back before anybody heard that it was lost',
    desired('connected'),
    up,
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    'ClusterSeen',
  ],
];

const ABSENCE: readonly Row[] = [
  [
    'the first look of all failed',
    desired('not_found', { reason: 'probing' }),
    failed(lost('timeout'), 1),
    undefined,
    0,
    'ClusterLost',
  ],
  [
    'said, and not heard of since',
    desired('not_found', { reason: 'probing' }),
    failed(lost('timeout'), 2),
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    '-',
  ],
  [
    'known with this very reason',
    desired('not_found', { reason: 'timeout' }),
    failed(lost('timeout'), 9),
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    '-',
  ],
  [
    'another reason, once',
    desired('not_found', { reason: 'timeout' }),
    afterFailedLook(failed(lost('timeout'), 9), lost('network'), { nowMs: 0, decision: 2 }),
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    '-',
  ],
  [
    'another reason, three times',
    desired('not_found', { reason: 'timeout' }),
    failed(lost('network'), 3),
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    'ClusterLost',
  ],
  [
    'somebody asked for a look',
    desired('disconnected', { decision: 3 }),
    failed(lost('timeout'), 1, 3),
    said('ClusterLost', 2, 5, 'timeout'),
    0,
    'ClusterLost',
  ],
  [
    'a new credential is refused too',
    desired('disconnected', { decision: 3, reason: 'unauthorized' }),
    failed(refused('unauthorized'), 1, 3),
    said('ClusterRefused', 2, 5, 'unauthorized'),
    0,
    'ClusterRefused',
  ],
  [
    'a new credential was not tried yet',
    desired('disconnected', { decision: 3, reason: 'unauthorized' }),
    failed(refused('unauthorized'), 9),
    said('ClusterRefused', 2, 5, 'unauthorized'),
    0,
    '-',
  ],
  [
    'a credential that has not come yet',
    desired('not_found', { reason: 'probing' }),
    failed(refused('credential-missing'), 4),
    undefined,
    29_000,
    'in 1000',
  ],
  [
    'a credential that never came',
    desired('not_found', { reason: 'probing' }),
    failed(refused('credential-missing'), 4),
    undefined,
    30_000,
    'ClusterRefused',
  ],
  [
    'a link broke just now',
    desired('connected'),
    afterBrokenLink(up, lost('network'), { nowMs: 0, decision: 2 }),
    said('SnapshotCompleted', 2, 4),
    99_000,
    '-',
  ],
  [
    'two looks over a long time',
    desired('connected'),
    failed(lost('timeout'), 2),
    said('SnapshotCompleted', 2, 4),
    99_000,
    '-',
  ],
  [
    'many looks over a short time',
    desired('connected'),
    failed(lost('timeout'), 9),
    said('SnapshotCompleted', 2, 4),
    10_000,
    'in 20000',
  ],
  [
    'three looks over the window',
    desired('connected'),
    failed(lost('timeout'), 3),
    said('SnapshotCompleted', 2, 4),
    30_000,
    'ClusterLost',
  ],
  [
    'refused for as long',
    desired('connected'),
    failed(refused('unauthorized'), 3),
    said('SnapshotCompleted', 2, 4),
    30_000,
    'ClusterRefused',
  ],
  [
    'lost, said, and not heard of since',
    desired('connected'),
    failed(lost('timeout'), 4),
    said('ClusterLost', 2, 5, 'timeout'),
    60_000,
    '-',
  ],
  [
    'lost, said, but void under a newer decision',
    desired('connected', { decision: 3, sequence: 6 }),
    failed(lost('timeout'), 4, 3),
    said('ClusterLost', 2, 5, 'timeout'),
    60_000,
    'ClusterLost',
  ],
  ['lost while it is only looked at', desired('ignored'), failed(lost('timeout'), 3), undefined, 30_000, 'ClusterLost'],
  [
    'away as known, after a restart',
    desired('disconnected', { reason: 'timeout' }),
    failed(lost('timeout'), 3),
    said('ClusterLost', 2, -1, 'timeout'),
    0,
    '-',
  ],
  ['deleted', desired('deleted'), failed(lost('timeout'), 9), undefined, 99_000, '-'],
];

describe('what is said about a cluster that is there', () => {
  it.each(PRESENCE)('%s', (_name, wanted, observed, last, nowMs, expected) => {
    expect(short(nextReport(wanted, observed, last, POLICY, nowMs))).toBe(expected);
  });
});

describe('what is said about a cluster that is not there', () => {
  it.each(ABSENCE)('%s', (_name, wanted, observed, last, nowMs, expected) => {
    expect(short(nextReport(wanted, observed, last, POLICY, nowMs))).toBe(expected);
  });

  it('says how many looks failed over how long', () => {
    expect(nextReport(desired('connected'), failed(lost('timeout'), 4), undefined, POLICY, 31_000)).toEqual({
      kind: 'report',
      observation: {
        type: 'ClusterLost',
        data: { reason: { code: 'timeout', message: 'away' }, looks: 4, overMs: 31_000 },
      },
    });
  });
});
