import { evolve, NEVER_WATCHED, type WatchEvent, type WatchState } from './watch.ts';
import { decide, type WatchCommand } from './watch.decide.ts';

const connectionId = '4c1c1b7e-6f0f-4f0a-9f5e-0d6d0a3e7c11';
const reason = { code: 'timeout', message: 'No answer.' };
const begun = (epoch: number): WatchEvent => ({ type: 'WatchBegun', data: { connectionId, epoch } });
const lost = (decision: number, epoch: number, count: number): WatchEvent => ({
  type: 'ClusterLost',
  data: { connectionId, reason, looks: 3, overMs: 30_000, observation: { decision, epoch, count } },
});
const report = (epoch: number, decision = 2): WatchCommand => ({
  kind: 'report',
  connectionId,
  epoch,
  decision,
  observation: { type: 'ClusterLost', data: { reason, looks: 3, overMs: 30_000 } },
});

const given = (...events: readonly WatchEvent[]) => ({
  when: (command: WatchCommand) => decide(command, events.reduce(evolve, NEVER_WATCHED)),
});

describe('the stream of a watch', () => {
  it('counts the epochs', () => {
    expect(given().when({ kind: 'begin', connectionId })).toEqual({ ok: true, value: [begun(1)] });
    expect(given(begun(1), begun(2)).when({ kind: 'begin', connectionId })).toEqual({ ok: true, value: [begun(3)] });
  });

  it('numbers observations by decision, epoch and place in the epoch', () => {
    expect(given(begun(1)).when(report(1))).toEqual({ ok: true, value: [lost(2, 1, 1)] });
    expect(given(begun(1), lost(2, 1, 1)).when(report(1, 3))).toEqual({ ok: true, value: [lost(3, 1, 2)] });
    expect(given(begun(1), lost(2, 1, 1), begun(2)).when(report(2))).toEqual({ ok: true, value: [lost(2, 2, 1)] });
  });

  it('refuses what an older epoch saw', () => {
    expect(given(begun(1), begun(2)).when(report(1))).toEqual({
      ok: false,
      error: { kind: 'superseded', epoch: 2 },
    });
  });

  it('remembers the last word over epochs', () => {
    const state = [begun(1), lost(2, 1, 1), begun(2)].reduce(evolve, NEVER_WATCHED);
    expect(state).toEqual<WatchState>({
      epoch: 2,
      count: 0,
      said: { type: 'ClusterLost', code: 'timeout', decision: 2 },
      told: { degraded: {} },
    });
  });

  it('tolerates an event that nobody knows', () => {
    const unknown = { type: 'WatchPaused', data: {} } as unknown as WatchEvent;
    expect([begun(1), unknown].reduce(evolve, NEVER_WATCHED)).toEqual({ epoch: 1, count: 0, told: { degraded: {} } });
  });

  it('remembers what was told of tiers and kinds, until the cluster is lost or told as a whole', () => {
    const observation = { decision: 2, epoch: 1, count: 1 };
    const about = { connectionId, observation, clusterUid: 'uid' };
    const tier: WatchEvent = { type: 'TierReached', data: { ...about, tier: 'workloads', objects: 1 } };
    const degraded = (type: string): WatchEvent => ({
      type: 'KindDegraded',
      data: { ...about, type, kind: type, status: 'failing' },
    });
    const recovered: WatchEvent = {
      type: 'KindRecovered',
      data: { ...about, type: 'pods', kind: 'Pod', status: 'watching' },
    };
    const toldAfter = (...events: readonly WatchEvent[]) => events.reduce(evolve, NEVER_WATCHED).told;
    const nodes = { nodes: { kind: 'nodes', status: 'failing' } };
    expect(toldAfter(tier, degraded('pods'), degraded('nodes'), begun(2), recovered)).toEqual({
      tier: 'workloads',
      degraded: nodes,
    });
    expect(toldAfter(tier, degraded('nodes'), lost(2, 1, 3))).toEqual({ degraded: nodes });
    const kinds = [
      { type: 'secrets', kind: 'Secret', status: 'forbidden', objects: 0 },
      { type: 'pods', kind: 'Pod', status: 'watching', objects: 1 },
      { kind: 'Service', status: 'forbidden', objects: 0 },
    ];
    const complete: WatchEvent = { type: 'SnapshotCompleted', data: { ...about, objects: 1, kinds } };
    expect(toldAfter(tier, degraded('nodes'), complete)).toEqual({
      tier: 'workloads',
      degraded: { secrets: { kind: 'Secret', status: 'forbidden' } },
    });
  });
});
