import { createClusterKeys, createSimulatedCluster, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import { BASIC_TYPES, collectionPathOf, type ClusterAccess, type WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';
import { eachOnce, wholeReadsOf } from './whole-reads.ts';

const TIMING = {
  ...{ flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, connectTimeoutMs: 1000 },
  ...{ pingIntervalMs: 200, pingTimeoutMs: 500 },
};
const EVERYTHING_ONCE = eachOnce(BASIC_TYPES.map((type) => collectionPathOf(type)));
const aPod = (name: string) => podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1' });

describe('a watch is back by itself', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({
      name: 'recovery',
      namespaces: ['shop'],
      nodes: 2,
      pods: 8,
      bookmarkMs: 50,
    });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, ...options });
  const untilSame = (recorder: Recorder): Promise<void> =>
    recorder.until('what the cluster has', () => {
      const uids = cluster.list('pods').map(({ metadata }) => metadata.uid);
      return JSON.stringify(recorder.uids('pods')) === JSON.stringify(uids.sort());
    });

  it('after a token has expired under watches that go on: with the new one, reading nothing anew, repeating nothing', async () => {
    let token = cluster.keys.token;
    await using watch = watching({
      refreshAccess: () => ({ ...accessOf(cluster), auth: { kind: 'token', token } }),
      timing: { ...TIMING, watchLifetimeMs: 1000 },
    });
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    cluster.requests.reset();
    cluster.rotateToken('another', { endWatches: false });
    token = 'another';
    await recorder.until('refused', () => recorder.losses.length > 0, 10_000);
    expect(recorder.losses[0]?.refusal).toMatchObject({ kind: 'refused', reason: 'unauthorized' });
    await recorder.snapshot(2);
    expect(recorder.changes).toHaveLength(before);
    expect(wholeReadsOf(cluster)).toEqual({});
  }, 20_000);

  it('after client certificate, server certificate and authority were replaced, reading nothing anew', async () => {
    let keys = cluster.keys;
    const access = (): ClusterAccess => ({
      server: cluster.server,
      caPem: keys.caPem,
      auth: { kind: 'certificate', ...keys.client },
    });
    await using watch = watching({ access: access(), refreshAccess: access });
    const { recorder } = watch;
    await recorder.snapshot();
    const next = await createClusterKeys('recovery-2');
    cluster.requests.reset();
    cluster.rotateCertificates(next);
    cluster.faults.cutConnections();
    await recorder.until('not trusted', () =>
      recorder.losses.some(({ refusal }) => refusal.reason === 'tls-untrusted'),
    );
    cluster.upsert('pods', aPod('meanwhile'));
    keys = next;
    await recorder.snapshot(2);
    await untilSame(recorder);
    expect(wholeReadsOf(cluster)).toEqual({});
  });

  it('after an upgrade of the API server, which it tells: no version from before is good, so each type is read once', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    cluster.upgrade('v1.36.0');
    cluster.upsert('pods', aPod('meanwhile'));
    await recorder.snapshot(2);
    await untilSame(recorder);
    expect(recorder.identity?.version).toBe('v1.36.0');
    expect(wholeReadsOf(cluster)).toEqual(EVERYTHING_ONCE);
  });

  it('after the past was compacted: a resumed watch that is too old becomes a first state, of which the difference comes out', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    const before = recorder.changes.length;
    cluster.requests.reset();
    await cluster.stop();
    cluster.remove('pods', cluster.list('pods')[0]!.metadata);
    cluster.upsert('pods', aPod('meanwhile'));
    cluster.compact();
    cluster.restart();
    await cluster.start();
    await recorder.snapshot(2);
    await untilSame(recorder);
    expect(
      recorder.changes
        .slice(before)
        .map(({ op }) => op)
        .sort(),
    ).toEqual(['delete', 'upsert']);
    expect(wholeReadsOf(cluster)).toEqual(EVERYTHING_ONCE);
  });

  it('a type whose stream stalls is behind alone, and has everything in order when it goes on', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.faults.hold('pods');
    for (const name of ['one', 'two']) cluster.upsert('pods', aPod(name));
    cluster.remove('pods', { namespace: 'shop', name: 'one' });
    cluster.upsert('services', { metadata: { namespace: 'shop', name: 'other' }, spec: { ports: [] } });
    await recorder.until('the service', () => recorder.named('Service', 'other') !== undefined);
    expect(recorder.named('Pod', 'two')).toBeUndefined();
    cluster.faults.release();
    await untilSame(recorder);
    expect(recorder.losses).toEqual([]);
  });

  it('a type whose stream says nothing for long, not even where it is, is asked for anew from where it was', async () => {
    await using watch = watching({ timing: { ...TIMING, silenceMs: 300 } });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    const asked = (): number => cluster.requests.count('watch', '/api/v1/pods');
    const before = asked();
    // Long enough for a bookmark: each takes a flush.
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) {
      cluster.upsert('pods', aPod(name));
      await recorder.until(name, () => recorder.named('Pod', name) !== undefined);
    }
    cluster.faults.hold('pods');
    cluster.upsert('pods', aPod('held'));
    for (let round = 0; asked() < before + 2; round += 1) {
      cluster.upsert('services', { metadata: { namespace: 'shop', name: `round-${round}` }, spec: { ports: [] } });
      await recorder.until('others go on', () => recorder.named('Service', `round-${round}`) !== undefined);
    }
    cluster.faults.release();
    await untilSame(recorder);
    expect(wholeReadsOf(cluster)).toEqual({});
    expect(recorder.losses).toEqual([]);
  });

  it('a type whose stream stalls before its first bookmark is asked for anew when it should have ended long ago', async () => {
    await using quiet = await createSimulatedCluster({ name: 'quiet', namespaces: ['shop'], pods: 2 });
    const timing = { ...TIMING, watchLifetimeMs: 1000, overtimeMs: 200 };
    await using watch = watching({ access: accessOf(quiet), timing, random: () => 0 });
    const { recorder } = watch;
    await recorder.snapshot();
    quiet.faults.hold('pods');
    quiet.upsert('pods', aPod('held'));
    const deadline = Date.now() + 4000;
    for (let round = 0; quiet.requests.count('watch', '/api/v1/pods') === 0 && Date.now() < deadline; round += 1) {
      quiet.upsert('services', { metadata: { namespace: 'shop', name: `round-${round}` }, spec: { ports: [] } });
      await recorder.until('others go on', () => recorder.named('Service', `round-${round}`) !== undefined);
    }
    expect(quiet.requests.count('watch', '/api/v1/pods')).toBe(1);
    quiet.faults.release();
    await recorder.until('what it missed', () => recorder.named('Pod', 'held') !== undefined);
    expect(recorder.losses).toEqual([]);
  });

  describe('where every watch is ended after two seconds', () => {
    const BRIEFLY = { ...TIMING, watchLifetimeMs: 1050, backoffMaxMs: 60_000 };
    const asked = (type: string): number => cluster.requests.count('watch', `/api/v1/${type}`);
    const brief = (type: string, timing: WatchOptions['timing'], random: number): RecordedWatch =>
      watching({
        timing: { ...BRIEFLY, ...timing },
        selection: { kinds: { include: [type] } },
        random: () => random,
      });

    it('resumes at once if that is a healthy life, else after a pause; nothing is missed or read anew', async () => {
      const backoffMinMs = 2000;
      await using healthy = brief('services', { backoffMinMs, healthyAfterMs: 500 }, 0.9);
      await using short = brief('pods', { backoffMinMs }, 0.9);
      await Promise.all([healthy.recorder.snapshot(), short.recorder.snapshot()]);
      cluster.requests.reset();
      const deadline = Date.now() + 10_000;
      for (let round = 0; asked('services') < 3 && Date.now() < deadline; round += 1) {
        cluster.upsert('services', { metadata: { namespace: 'shop', name: `s-${round}` }, spec: { ports: [] } });
        cluster.upsert('pods', aPod(`p-${round}`));
        await healthy.recorder.until(
          'the service',
          () => healthy.recorder.named('Service', `s-${round}`) !== undefined,
        );
      }
      expect([asked('services'), asked('pods')]).toEqual([3, 1]);
      await untilSame(short.recorder);
      expect(wholeReadsOf(cluster)).toEqual({});
    }, 20_000);

    it('is late by some seconds at most', async () => {
      await using short = brief('pods', { backoffMinMs: 60_000 }, 0.1);
      const { recorder } = short;
      await recorder.snapshot();
      cluster.requests.reset();
      for (let round = 0; asked('pods') === 0; round += 1) {
        cluster.upsert('pods', aPod(`p-${round}`));
        await recorder.until('the pod', () => recorder.named('Pod', `p-${round}`) !== undefined);
      }
    }, 10_000);
  });

  it('gzipped lists are read as well as plain ones', async () => {
    for (let index = 0; index < 200; index += 1) cluster.upsert('pods', aPod(`many-${index}`));
    await using watch = watching({ firstState: 'paged' });
    await watch.recorder.snapshot();
    await untilSame(watch.recorder);
  });
});
