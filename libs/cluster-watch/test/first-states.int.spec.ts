import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { WatchOptions } from '@mooring/cluster-watch';
import { startRecordedWatch, type RecordedWatch } from '../conformance/recorded-watch.ts';
import type { Recorder } from '../conformance/recorder.ts';
import { accessOf } from './access-of.ts';

const TIMING = { flushMinMs: 20, flushMaxMs: 40, backoffMinMs: 10, backoffMaxMs: 50 };
const GROUP = 'many.example';
const TYPES = Array.from({ length: 12 }, (_none, index) => `kinds${index}.${GROUP}`);
/** Of the others, which holds none of them up. */
const HEARTBEAT = 'pods';

describe('first states', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: 'first', namespaces: ['shop'], nodes: 1, pods: 2, bookmarkMs: 50 });
    for (const [index, type] of TYPES.entries()) {
      cluster.installType({ group: GROUP, kind: `Kind${index}`, plural: `kinds${index}`, versions: ['v1'] });
      cluster.upsert(type, { metadata: { namespace: 'shop', name: 'one' } });
    }
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  const watching = (options: Partial<WatchOptions> = {}): RecordedWatch =>
    startRecordedWatch({
      ...{ access: accessOf(cluster), timing: TIMING },
      selection: { kinds: { include: [HEARTBEAT, ...TYPES] } },
      ...options,
    });
  /** Types that were asked for whole, and those that are there. */
  const asked = (): readonly string[] =>
    cluster.requests
      .all()
      .filter(({ verb, path }) => verb === 'watchlist' && path.startsWith(`/apis/${GROUP}/`))
      .map(({ path }) => `${path.split('/').at(-1) ?? ''}.${GROUP}`);
  const there = ({ statuses }: Recorder): readonly string[] =>
    TYPES.filter((type) => statuses.get(type)?.state === 'watching');
  /** A change has come all the way from the server: the watch has had time for anything else that it would do. */
  const heartbeat = async (recorder: Recorder, name: string): Promise<void> => {
    await recorder.until(`${HEARTBEAT} are watched`, () => recorder.statuses.get(HEARTBEAT)?.state === 'watching');
    cluster.upsert(HEARTBEAT, { metadata: { namespace: 'shop', name } });
    await recorder.until(name, () => recorder.named('Pod', name) !== undefined);
  };

  it.each([
    ['four', {}, 4],
    ['as many as the limit says', { listsAtOnce: 2 }, 2],
  ])('are read %s at a time, and the next one as soon as one is in', async (_many, limits, atOnce) => {
    cluster.faults.hold(...TYPES);
    await using watch = watching({ limits });
    const { recorder } = watch;
    for (let done = 0; done < TYPES.length; done += 1) {
      const expected = Math.min(TYPES.length, done + atOnce);
      for (let beat = 0; asked().length < expected; beat += 1) await heartbeat(recorder, `until-${done}-${beat}`);
      await heartbeat(recorder, `after-${done}`);
      expect([asked().length, there(recorder).length]).toEqual([expected, done]);
      cluster.faults.release(asked()[done]!);
      await recorder.until('it is there', () => there(recorder).length === done + 1);
    }
    await recorder.snapshot();
  });

  it('that fail, or may not be read, hold up no others', async () => {
    const [failing, forbidden, sound] = [TYPES.slice(0, 5), TYPES.slice(5, 10), TYPES.slice(10)];
    for (const kind of failing) cluster.faults.respond({ status: 500, kind });
    cluster.faults.forbid(...forbidden);
    await using watch = watching({ limits: { listsAtOnce: 1 } });
    const { recorder } = watch;
    await recorder.until('the others', () => sound.every((type) => there(recorder).includes(type)));
    await recorder.snapshot();
    expect(there(recorder)).toEqual(sound);
    expect(forbidden.map((type) => recorder.statuses.get(type)?.state)).toEqual(forbidden.map(() => 'forbidden'));
  });
});
