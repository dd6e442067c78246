import { createSimulatedCluster, oddDrafts, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import { watchCluster, type WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder, RecorderOptions } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50, progressTimeoutMs: 2000 };
const WAYS = ['streamed-if-served', 'paged'] as const;
const aPod = (name: string, phase = 'Running') =>
  podDraft({ namespace: 'shop', name, app: 'x', image: 'x:1', ip: '10.1.1.1', phase });

describe('bad input', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'bad', namespaces: ['shop'], nodes: 2, pods: 10, bookmarkMs: 50 });
    cluster.installType({ group: 'bad.example', kind: 'Thing', plural: 'things', versions: ['v1'] });
    cluster.upsert('things.bad.example', { metadata: { namespace: 'shop', name: 'one' } });
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}, recorderOptions: RecorderOptions = {}): RecordedWatch =>
    startRecordedWatch({ access: accessOf(cluster), timing: TIMING, ...options }, recorderOptions);
  const statusOf = (recorder: Recorder, type: string) => recorder.statuses.get(type);
  /** Between two attempts: while it is tried again it is listing. */
  const untilFailing = (recorder: Recorder, timeoutMs?: number): Promise<void> =>
    recorder.until('failing', () => statusOf(recorder, 'pods')?.state === 'failing', timeoutMs);
  const uidsOf = (type: string): readonly string[] =>
    cluster
      .list(type)
      .map(({ metadata }) => metadata.uid)
      .sort();
  /** Everything but `except` is watched, and equals the cluster. */
  const expectOthersSound = (recorder: Recorder, except: string): void => {
    for (const [type, { state, leftOut }] of recorder.statuses) {
      if (type === except) continue;
      expect([type, state, leftOut]).toEqual([type, 'watching', 0]);
      expect([type, recorder.uids(type)]).toEqual([type, uidsOf(type)]);
    }
  };

  it.each(WAYS)('objects that nobody expects are held as far as they can be (%s)', async (firstState) => {
    const odd = oddDrafts('shop');
    for (const { draft } of odd) cluster.upsert('pods', draft);
    await using watch = watching({ firstState });
    const { recorder } = watch;
    await recorder.snapshot();
    expect(statusOf(recorder, 'pods')).toMatchObject({ state: 'watching', leftOut: 0 });
    expect(recorder.uids('pods')).toEqual(uidsOf('pods'));
    for (const { what, draft } of odd) {
      const record = recorder.named('Pod', draft.metadata.name);
      expect([what, record?.name]).toEqual([what, draft.metadata.name]);
      expect([what, JSON.stringify(record).length < 100_000]).toEqual([what, true]);
      expect(JSON.stringify(record)).not.toMatch(/\\u0000|\\ud800/);
    }
    expectOthersSound(recorder, 'pods');
    for (const { draft } of odd) cluster.upsert('pods', { ...draft, status: { phase: 'Failed' } });
    for (const { draft } of odd)
      await recorder.until(draft.metadata.name.slice(0, 20), () =>
        JSON.stringify(recorder.named('Pod', draft.metadata.name)).includes('Failed'),
      );
  });

  it.each(WAYS)(
    'an object of 3 MB is left out where it is too large, and counted; the others are there (%s)',
    async (firstState) => {
      const [huge] = oddDrafts('shop');
      cluster.upsert('pods', huge!.draft);
      await using watch = watching({ firstState, limits: { lineBytesMax: 1024 * 1024 } });
      const { recorder } = watch;
      await recorder.snapshot();
      expect(statusOf(recorder, 'pods')).toMatchObject({
        state: 'watching',
        leftOut: 1,
        reason: expect.stringContaining('too large') as string,
      });
      expect(recorder.uids('pods')).toHaveLength(10);
      expectOthersSound(recorder, 'pods');
    },
  );

  it.each(WAYS)(
    'objects without metadata, of another kind or with a made up shape are counted; what is held of them stays (%s)',
    async (firstState) => {
      const first = watching();
      await first.recorder.snapshot();
      const initial = first.recorder.known();
      await first[Symbol.asyncDispose]();
      const [a, b, c] = cluster.list('pods').map(({ metadata }) => metadata.uid);
      cluster.faults.mangle('pods', (object) => {
        if (object.metadata.uid === a) return { ...object, kind: 'Secret' };
        if (object.metadata.uid === b) return { ...object, metadata: { ...object.metadata, name: 7 } };
        return object.metadata.uid === c ? { ...object, metadata: 'none' } : object;
      });
      await using watch = watching({ firstState, initial }, { initial });
      const { recorder } = watch;
      await recorder.snapshot();
      // The items of a list name no kind.
      const leftOut = firstState === 'paged' ? 2 : 3;
      expect(statusOf(recorder, 'pods')).toMatchObject({ state: 'watching', leftOut, count: 10 });
      const reason = statusOf(recorder, 'pods')?.reason;
      expect(reason).toContain(`uid ${b} (without a uid or a name)`);
      expect(reason).toContain('1 that cannot be named (without a uid or a name)');
      if (firstState !== 'paged') expect(reason).toMatch(/\S+\/\S+ \(of another kind than Pod\)/);
      expect(recorder.changes).toEqual([]);
      expectOthersSound(recorder, 'pods');
      // Read once more, they are no more than they were.
      cluster.faults.gone();
      await recorder.until('again', () => recorder.log.filter((word) => word === 'pods watching').length === 2);
      expect(statusOf(recorder, 'pods')).toMatchObject({ leftOut, reason });
    },
  );

  it('what is too large counts once, however often it changes, by name; and no longer once it can be read or is gone', async () => {
    const timing = { ...TIMING, flushMinMs: 5, flushMaxMs: 10 };
    await using watch = watching({ timing, limits: { lineBytesMax: 64 * 1024 } });
    const { recorder } = watch;
    await recorder.snapshot();
    const padded = (name: string, round: number) => ({ ...aPod(name, `Round${round}`), padding: 'x'.repeat(100_000) });
    const untilLeftOut = (count: number): Promise<void> =>
      recorder.until(`${count} left out`, () => statusOf(recorder, 'pods')?.leftOut === count);
    for (let round = 0; round < 5; round += 1) cluster.upsert('pods', padded('huge', round));
    await untilLeftOut(1);
    expect(statusOf(recorder, 'pods')?.reason).toBe('1 object was left out: shop/huge (too large: more than 64 KiB)');
    cluster.upsert('pods', padded('vast', 0));
    await untilLeftOut(2);
    // Without an end of the watch, and without another list.
    cluster.requests.reset();
    cluster.upsert('pods', aPod('huge'));
    await untilLeftOut(1);
    expect(statusOf(recorder, 'pods')?.reason).toBe('1 object was left out: shop/vast (too large: more than 64 KiB)');
    cluster.remove('pods', { namespace: 'shop', name: 'vast' });
    await untilLeftOut(0);
    expect(statusOf(recorder, 'pods')?.reason).toBeUndefined();
    expect(cluster.requests.all()).toEqual([]);
    await recorder.until('the pods', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uidsOf('pods')));
  });

  it.each(WAYS)(
    'what is too large and has an owner, whose uid comes first as in every custom resource, stays as it was (%s)',
    async (firstState) => {
      const [owned] = cluster.list('pods');
      await using watch = watching({ firstState, limits: { lineBytesMax: 64 * 1024 } });
      const { recorder } = watch;
      await recorder.snapshot();
      const { name, namespace, uid, resourceVersion } = owned!.metadata;
      const ownerReferences = [{ kind: 'App', name: 'a', uid: 'u-owner' }];
      cluster.faults.mangle('pods', ({ metadata, ...rest }) =>
        metadata.uid === uid
          ? { metadata: { name, namespace, ownerReferences, resourceVersion, uid }, spec: 'x'.repeat(100_000) }
          : { ...rest, metadata },
      );
      cluster.faults.gone();
      await recorder.until('counted', () => statusOf(recorder, 'pods')?.leftOut === 1);
      await recorder.until('read anew', () => statusOf(recorder, 'pods')?.state === 'watching');
      expect(statusOf(recorder, 'pods')?.reason).toContain(`${namespace}/${name} (too large`);
      expect(recorder.uids('pods')).toEqual(uidsOf('pods'));
    },
  );

  it.each(['nothing', 'too much before its uid'] as const)(
    'a delete that says %s of the object is none that is lost: the type is read anew, once',
    async (odd) => {
      const [gone] = cluster.list('pods');
      await using watch = watching({ limits: { lineBytesMax: 64 * 1024 } });
      const { recorder } = watch;
      await recorder.snapshot();
      cluster.requests.reset();
      const { name, namespace, uid } = gone!.metadata;
      const metadata = odd === 'nothing' ? {} : { annotations: { text: 'x'.repeat(100_000) }, name, namespace, uid };
      cluster.faults.mangle('pods', (object) => (object.metadata.uid === uid ? { metadata } : object));
      cluster.remove('pods', gone!.metadata);
      await recorder.until('it is gone', () => !recorder.uids('pods').includes(uid));
      await recorder.until('watched', () => statusOf(recorder, 'pods')?.state === 'watching');
      expect(statusOf(recorder, 'pods')).toMatchObject({ leftOut: 0, count: 9 });
      expect(recorder.uids('pods')).toEqual(uidsOf('pods'));
      expect(cluster.requests.all()).toEqual([{ verb: 'watchlist', path: '/api/v1/pods', count: 1 }]);
      expectOthersSound(recorder, 'pods');
    },
  );

  it('the delete of what is too large, with the uid of its owner before its own, is understood', async () => {
    const [gone] = cluster.list('pods');
    await using watch = watching({ limits: { lineBytesMax: 64 * 1024 } });
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    const { name, namespace, uid } = gone!.metadata;
    const ownerReferences = [{ kind: 'App', name: 'a', uid: 'u-owner' }];
    cluster.faults.mangle('pods', (object) =>
      object.metadata.uid === uid
        ? { metadata: { name, namespace, ownerReferences, uid }, spec: 'x'.repeat(100_000) }
        : object,
    );
    cluster.remove('pods', gone!.metadata);
    await recorder.until('it is gone', () => !recorder.uids('pods').includes(uid));
    expect(cluster.requests.all()).toEqual([]);
    expectOthersSound(recorder, '');
  });

  it('a type whose objects have no uid is not read anew for each that goes', async () => {
    cluster.faults.mangle('things.bad.example', ({ metadata: { name, namespace, resourceVersion }, ...rest }) => ({
      ...rest,
      metadata: { name, namespace, resourceVersion },
    }));
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    cluster.requests.reset();
    cluster.remove('things.bad.example', { namespace: 'shop', name: 'one' });
    cluster.upsert('things.bad.example', { metadata: { namespace: 'shop', name: 'two' } });
    await recorder.until('two', () => statusOf(recorder, 'things.bad.example')?.reason?.includes('shop/two') === true);
    expect(cluster.requests.all()).toEqual([]);
  });

  it('objects without metadata in a stream neither stop it nor hide the ones after them', async () => {
    await using watch = watching();
    const { recorder } = watch;
    await recorder.snapshot();
    for (const object of [
      '{}',
      '{"metadata":null}',
      '{"metadata":{"uid":"","name":"x"}}',
      '{"kind":"Node","metadata":{"uid":"u","name":"n"}}',
    ])
      cluster.faults.writeRaw('pods', `{"type":"ADDED","object":${object}}\n`);
    cluster.upsert('pods', aPod('after'));
    await recorder.until('the next one', () => recorder.named('Pod', 'after') !== undefined);
    await recorder.until('counted', () => (statusOf(recorder, 'pods')?.leftOut ?? 0) >= 2);
    expect(statusOf(recorder, 'pods')?.state).toBe('watching');
  });

  it('a clock that is a year ahead, or behind, changes nothing', async () => {
    for (const years of [1, -1]) {
      cluster.faults.clockSkewMs = years * 365 * 86_400_000;
      cluster.upsert('pods', aPod(`skewed-${years + 1}`));
      await using watch = watching();
      await watch.recorder.snapshot();
      expect(watch.recorder.named('Pod', `skewed-${years + 1}`)).toBeDefined();
      expectOthersSound(watch.recorder, '');
    }
  });

  it.each(['constant', 'falling', 'words'] as const)(
    'versions that lie (%s) lose nothing and repeat nothing',
    async (lie) => {
      cluster.faults.lyingVersions = lie;
      await using watch = watching();
      const { recorder } = watch;
      await recorder.snapshot();
      cluster.upsert('pods', aPod('new'));
      await recorder.until('the new one', () => recorder.named('Pod', 'new') !== undefined);
      cluster.faults.cutStreams({ kind: 'pods' });
      cluster.upsert('pods', aPod('newer'));
      cluster.remove('pods', { namespace: 'shop', name: 'new' });
      await recorder.until(
        'what came later',
        () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uidsOf('pods')),
      );
      expectOthersSound(recorder, 'pods');
    },
  );

  it.each(['nothing', 'too large an object'] as const)(
    'a page with %s, and a token for the next one, is no end of the list and no fault of it',
    async (odd) => {
      const pods = cluster.list('pods');
      const huge = { ...pods.at(-1)!, padding: 'x'.repeat(200_000) };
      const pages = [pods.slice(0, 3), odd === 'nothing' ? [] : [huge], pods.slice(3, -1)];
      const resourceVersion = String(Math.max(...pods.map(({ metadata }) => Number(metadata.resourceVersion))));
      for (const [page, items] of pages.entries()) {
        const next = page + 1 < pages.length ? { continue: `page ${page + 1}` } : {};
        const body = JSON.stringify({
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: { resourceVersion, ...next },
          items,
        });
        cluster.faults.respond({ status: 200, kind: 'pods', verb: 'list', body, times: 1 });
      }
      await using watch = watching({ firstState: 'paged', limits: { lineBytesMax: 100_000 } });
      const { recorder } = watch;
      await recorder.snapshot();
      expect(recorder.log).not.toContain('pods failing');
      expect(recorder.uids('pods')).toEqual(
        pods
          .slice(0, -1)
          .map(({ metadata }) => metadata.uid)
          .sort(),
      );
      expect(statusOf(recorder, 'pods')?.leftOut).toBe(odd === 'nothing' ? 0 : 1);
    },
  );

  it.each([true, 'fresh-tokens'] as const)(
    'pages without an end (%s) are a failure of their type, and delete nothing',
    async (endlessPages) => {
      const first = watching();
      await first.recorder.snapshot();
      const initial = first.recorder.known();
      await first[Symbol.asyncDispose]();
      cluster.faults.endlessPages = endlessPages;
      const limits = { pageObjects: 5 };
      await using watch = watching({ firstState: 'paged', initial, limits }, { initial });
      const { recorder } = watch;
      await recorder.snapshot();
      await untilFailing(recorder);
      expect(statusOf(recorder, 'pods')).toMatchObject({ state: 'failing' });
      expect(statusOf(recorder, 'pods')?.reason).toMatch(/for ever/);
      expect(recorder.changes).toEqual([]);
      expect(statusOf(recorder, 'nodes')?.state).toBe('watching');
    },
  );

  it.each(WAYS)(
    'an object without an end is a failure of its type, in little memory (%s)',
    async (firstState) => {
      cluster.faults.endlessObject('pods');
      await using watch = watching({ firstState, limits: { lineBytesMax: 100_000 } });
      const { recorder } = watch;
      await untilFailing(recorder, 15_000);
      expect(statusOf(recorder, 'pods')?.reason).toMatch(/of more than \d+ bytes|cannot be understood/);
      await recorder.until('the others', () => statusOf(recorder, 'nodes')?.state === 'watching');
      cluster.faults.clear();
      await recorder.until('the pods', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uidsOf('pods')));
    },
    30_000,
  );

  it.each(WAYS)('HTML in place of an answer is a failure of its type, with the reason (%s)', async (firstState) => {
    cluster.faults.respond({ status: 200, kind: 'pods', body: '<html>\n<p>sign in</p>\n</html>\n' });
    await using watch = watching({ firstState });
    const { recorder } = watch;
    await recorder.snapshot();
    await untilFailing(recorder);
    expect(statusOf(recorder, 'pods')).toMatchObject({
      state: 'failing',
      reason: expect.stringMatching(/not a list|cannot be understood/) as string,
    });
    expectOthersSound(recorder, 'pods');
    cluster.faults.clear();
    await recorder.until('the pods', () => JSON.stringify(recorder.uids('pods')) === JSON.stringify(uidsOf('pods')));
  });

  it('HTML in place of discovery leaves what was known as it was', async () => {
    await using watch = watching({ timing: { ...TIMING, rediscoverMs: 30 } });
    const { recorder } = watch;
    await recorder.snapshot();
    const types = recorder.statuses.size;
    cluster.faults.respond({ path: '/apis', status: 200, body: '<html></html>' });
    cluster.requests.reset();
    for (let round = 0; cluster.requests.count('get', '/apis') < 5; round += 1) {
      cluster.upsert('pods', aPod(`round-${round}`));
      await recorder.until('the next one', () => recorder.named('Pod', `round-${round}`) !== undefined);
    }
    expect(recorder.statuses.size).toBe(types);
    expectOthersSound(recorder, '');
  });

  it('a list of 200,000 objects on one page is taken in as it comes', async () => {
    const [pod] = cluster.list('pods');
    const metadata = { resourceVersion: pod!.metadata.resourceVersion };
    const items = Array.from(
      { length: 200_000 },
      (_, index) => `{"metadata":{"uid":"uid-${index}","name":"p-${index}"}}`,
    );
    const body = `{"kind":"PodList","metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}`;
    cluster.faults.respond({ status: 200, kind: 'pods', verb: 'list', body, times: 1 });
    let changes = 0;
    const { promise: complete, resolve } = Promise.withResolvers<number | undefined>();
    const nothing = (): void => undefined;
    await using watch = watchCluster(
      { access: accessOf(cluster), timing: TIMING, firstState: 'paged', selection: { kinds: { include: ['pods'] } } },
      {
        onIdentity: nothing,
        onTier: nothing,
        onKindStatus: nothing,
        onLinkLost: nothing,
        onLinkRestored: nothing,
        onChanges: (batch) => void (changes += batch.length),
        onSnapshotComplete: ({ kinds }) => resolve(kinds['pods']?.count),
      },
    );
    expect(await complete).toBeGreaterThanOrEqual(200_000);
    expect(changes).toBeGreaterThanOrEqual(200_000);
    expect(watch.usage().objects).toBe(changes);
  }, 60_000);
});
