import { Readable } from 'node:stream';
import fc from 'fast-check';
import { contentOf } from './content-hash.ts';
import { bucketOf, differingBuckets } from './digest.ts';
import { createHoldings, type Holdings } from './holdings.ts';
import type { MetadataRecord } from './records/record.ts';
import type { ResourceChange } from './sink.ts';
import type { Accepted, Placing } from './type-holdings.ts';

const UNLIMITED = { objectsMax: Number.POSITIVE_INFINITY, recordBytesMax: Number.POSITIVE_INFINITY };
const ALL = '';

const thing = (uid: string, phase = '1'): MetadataRecord => ({
  ...{ kind: 'Thing', apiVersion: 'v1', uid, name: uid, labels: { phase }, metadataOnly: true },
});
const hashOfThing = (uid: string, phase = '1'): string => contentOf(thing(uid, phase)).hash;
const EVERYWHERE: Placing = () => ({ scope: ALL, isWhole: true });
const UNREAD: Placing = () => ({ scope: ALL, isWhole: false });
const things = (holdings: Holdings) => holdings.of('things');
const opsOf = (changes: readonly ResourceChange[]): readonly string[] =>
  changes.map((change) => `${change.op} ${change.op === 'delete' ? change.uid : change.record.uid}`);

// eslint-disable-next-line @typescript-eslint/require-await -- what a database would give
async function* known(objects: ReadonlyMap<string, string>): AsyncGenerator<{ uid: string; hash: string }> {
  for (const [uid, hash] of objects) yield { uid, hash };
}

describe('holdings', () => {
  it('emit nothing for content that the sink has', () => {
    const holdings = createHoldings(UNLIMITED);
    things(holdings).accept('a', hashOfThing('a'));
    things(holdings).upsert(ALL, thing('a'));
    expect(holdings.take(10)).toEqual([]);
  });

  it('make one change of several between two flushes, and none of a round trip', () => {
    const holdings = createHoldings(UNLIMITED);
    const held = things(holdings);
    held.accept('b', hashOfThing('b'));
    held.upsert(ALL, thing('a', '1'));
    held.upsert(ALL, thing('a', '2'));
    held.upsert(ALL, thing('b', '2'));
    held.upsert(ALL, thing('b', '1'));
    held.upsert(ALL, thing('c'));
    held.remove(ALL, 'c');
    expect(holdings.take(10)).toEqual([
      { op: 'upsert', type: 'things', record: thing('a', '2'), hash: hashOfThing('a', '2') },
    ]);
  });

  it('another version of the API is no change', () => {
    const holdings = createHoldings(UNLIMITED);
    things(holdings).upsert(ALL, thing('a'));
    holdings.take(10);
    things(holdings).upsert(ALL, { ...thing('a'), apiVersion: 'v2' });
    expect(holdings.take(10)).toEqual([]);
  });

  it('delete what a first state did not have, of its own scope and type only', () => {
    const holdings = createHoldings(UNLIMITED);
    for (const uid of ['a', 'b']) things(holdings).upsert('one', thing(uid));
    things(holdings).upsert('two', thing('c'));
    holdings.of('others').upsert(ALL, thing('d'));
    holdings.take(10);
    things(holdings).beginFirstState('one');
    things(holdings).upsert('one', thing('a'));
    things(holdings).finishFirstState('one');
    expect(holdings.take(10)).toEqual([{ op: 'delete', type: 'things', uid: 'b' }]);
    expect([things(holdings).count, holdings.of('others').count, holdings.objects]).toEqual([2, 1, 3]);
  });

  it('repeat nothing when a type is read in other scopes, and delete what is in none of them', () => {
    const holdings = createHoldings(UNLIMITED);
    const held = things(holdings);
    for (const uid of ['a', 'b']) held.upsert(ALL, thing(uid));
    holdings.take(10);
    held.retire(ALL);
    held.beginFirstState('one');
    held.upsert('one', thing('a'));
    held.finishFirstState('one');
    expect(holdings.pendingCount).toBe(0);
    held.sweepLeftOver();
    expect(opsOf(holdings.take(10))).toEqual(['delete b']);
    expect(held.count).toBe(1);
  });

  it('have no more than there is room for', () => {
    const holdings = createHoldings({ ...UNLIMITED, objectsMax: 2 });
    const held = things(holdings);
    expect(['a', 'b', 'c'].map((uid) => held.upsert(ALL, thing(uid)))).toEqual(['taken', 'taken', 'no-room']);
    expect(held.upsert(ALL, thing('a', '2'))).toBe('again');
    held.remove(ALL, 'a');
    expect(held.upsert(ALL, thing('c'))).toBe('taken');
    const small = createHoldings({ ...UNLIMITED, recordBytesMax: 10 });
    expect(['a', 'b'].map((uid) => things(small).upsert(ALL, thing(uid)))).toEqual(['taken', 'no-room']);
  });

  it('what cannot be told is kept as it was, known from before or not', async () => {
    const holdings = createHoldings(UNLIMITED);
    const held = things(holdings);
    held.beginUndecided();
    held.beginFirstState(ALL);
    held.keep(ALL, 'a');
    held.finishFirstState(ALL);
    await held.decide([...Array(256).keys()], known(new Map([['a', hashOfThing('a')]])), EVERYWHERE);
    held.sweepLeftOver();
    expect(holdings.take(10)).toEqual([]);
    expect(held.count).toBe(1);
  });

  it('count what cannot be told among what waits: it is held as well', () => {
    const held = things(createHoldings(UNLIMITED));
    held.beginUndecided();
    held.upsert(ALL, thing('a'));
    held.keep(ALL, 'b');
    expect(held.undecided).toMatchObject({ objects: 2 });
    held.remove(ALL, 'b');
    expect(held.undecided).toMatchObject({ objects: 1 });
  });

  it('keep nothing for a scope that had the last word on it before it was compared: deleted there, not there any more, or read no longer', async () => {
    const accepted = new Map([['a', hashOfThing('a')]]);
    for (const leave of ['remove', 'retire', 'begin anew'] as const) {
      const holdings = createHoldings(UNLIMITED);
      const held = things(holdings);
      held.beginUndecided();
      held.beginFirstState('one');
      held.keep('one', 'a');
      if (leave === 'remove') expect(held.remove('one', 'a')).toBe(true);
      else if (leave === 'retire') held.retire('one');
      else held.beginFirstState('one');
      await held.decide([...Array(256).keys()], known(accepted), () => 'nowhere');
      expect(opsOf(holdings.take(10))).toEqual(['delete a']);
      expect(held.count).toBe(0);
    }
  });

  it('of what was known and is not there, delete what its scope has read or no scope reads; the rest when its scope is read', async () => {
    const holdings = createHoldings(UNLIMITED);
    const held = things(holdings);
    held.beginUndecided();
    held.beginFirstState('whole');
    held.finishFirstState('whole');
    held.beginFirstState('half');
    held.upsert('half', thing('there'));
    const placing: Placing = (namespace) => {
      if (namespace === 'away') return 'nowhere';
      return namespace === undefined ? undefined : { scope: namespace, isWhole: namespace === 'whole' };
    };
    const uids = ['there', 'whole', 'half', 'none', 'away', 'untold'];
    const accepted = uids.map((uid) => ({
      ...{ uid, hash: hashOfThing(uid) },
      ...(uid === 'untold' ? {} : { namespace: uid === 'there' ? 'half' : uid }),
    }));
    await held.decide([...Array(256).keys()], Readable.from(accepted) as AsyncIterable<Accepted>, placing);
    expect(opsOf(holdings.take(10))).toEqual(['delete whole', 'delete away']);
    expect(held.count).toBe(4);
    held.finishFirstState('half');
    held.beginFirstState('none');
    held.upsert('none', thing('none'));
    held.finishFirstState('none');
    expect(opsOf(holdings.take(10))).toEqual(['delete half']);
    held.sweepLeftOver();
    expect(opsOf(holdings.take(10))).toEqual(['delete untold']);
  });

  it('of what is left over, delete what its scope has read or no scope reads, once it is known where it lies', async () => {
    const holdings = createHoldings(UNLIMITED);
    const held = things(holdings);
    const uids = ['claimed', 'whole', 'half', 'away', 'untold'];
    for (const uid of uids) held.upsert(ALL, thing(uid));
    holdings.take(10);
    expect(held.unplacedBuckets()).toEqual([]);
    held.retire(ALL);
    held.beginFirstState('whole');
    held.upsert('whole', thing('claimed'));
    held.finishFirstState('whole');
    const buckets = uids.slice(1).map(bucketOf);
    expect([...held.unplacedBuckets()].sort()).toEqual([...new Set(buckets)].sort());
    const placing: Placing = (namespace) => {
      if (namespace === 'away') return 'nowhere';
      return namespace === undefined ? undefined : { scope: namespace, isWhole: namespace === 'whole' };
    };
    const known = [...uids, 'not held'].map((uid) => ({
      ...{ uid, hash: hashOfThing(uid) },
      ...(uid === 'untold' ? {} : { namespace: uid === 'claimed' ? 'whole' : uid }),
    }));
    await held.placeLeftOver(Readable.from(known) as AsyncIterable<Accepted>, placing);
    expect(opsOf(holdings.take(10))).toEqual(['delete whole', 'delete away']);
    expect([held.count, holdings.objects, held.unplacedBuckets()]).toEqual([3, 3, []]);
    held.beginFirstState('half');
    held.finishFirstState('half');
    expect(opsOf(holdings.take(10))).toEqual(['delete half']);
    held.discard('whole');
    held.sweepLeftOver();
    expect(opsOf(holdings.take(10))).toEqual(['delete claimed', 'delete untold']);
    expect([held.count, holdings.objects]).toEqual([0, 0]);
  });

  it('with digests of two sides, only the buckets that differ are asked for, and the sink ends with what the cluster has', async () => {
    const state = fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), fc.constantFrom('1', '2'));
    await fc.assert(
      fc.asyncProperty(state, state, fc.boolean(), async (before, now, early) => {
        const sink = new Map(Object.entries(before).map(([uid, phase]) => [uid, hashOfThing(uid, phase)]));
        const cluster = new Map(Object.entries(now).map(([uid, phase]) => [uid, hashOfThing(uid, phase)]));
        const theirs = createHoldings(UNLIMITED);
        for (const [uid, hash] of sink) things(theirs).accept(uid, hash);
        const holdings = createHoldings(UNLIMITED);
        const held = things(holdings);
        held.beginUndecided();
        held.beginFirstState(ALL);
        const entries = Object.entries(now);
        const half = early ? Math.floor(entries.length / 2) : entries.length;
        for (const [uid, phase] of entries.slice(0, half)) held.upsert(ALL, thing(uid, phase));
        if (early) await held.decide([...Array(256).keys()], known(new Map(sink)), UNREAD);
        for (const [uid, phase] of entries.slice(half)) held.upsert(ALL, thing(uid, phase));
        held.finishFirstState(ALL);
        if (!early) {
          const buckets = differingBuckets(held.digest(), things(theirs).digest());
          const asked = [...sink].filter(([uid]) =>
            differingBuckets(new Map(), digestOfOne(uid)).some((b) => buckets.includes(b)),
          );
          if (entries.length === sink.size && [...cluster].every(([uid, hash]) => sink.get(uid) === hash))
            expect(buckets).toEqual([]);
          await held.decide(buckets, known(new Map(asked)), EVERYWHERE);
        }
        held.sweepLeftOver();
        for (const change of holdings.take(1000)) {
          if (change.op === 'delete') expect(sink.delete(change.uid)).toBe(true);
          else {
            expect(sink.get(change.record.uid)).not.toBe(change.hash);
            sink.set(change.record.uid, change.hash);
          }
        }
        expect([...sink].sort()).toEqual([...cluster].sort());
        expect(held.count).toBe(cluster.size);
      }),
    );
  });

  it('a sink that applies every batch always ends with what the cluster has, and gets nothing twice', () => {
    const uid = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ op: fc.constant('upsert' as const), uid, phase: fc.constantFrom('1', '2') }),
      fc.record({ op: fc.constant('remove' as const), uid }),
      fc.record({ op: fc.constant('flush' as const), max: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ op: fc.constant('relist' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const holdings = createHoldings(UNLIMITED);
        const held = things(holdings);
        const cluster = new Map<string, string>();
        const sink = new Map<string, string>();
        const apply = (changes: readonly ResourceChange[]): void => {
          for (const change of changes) {
            if (change.op === 'delete') expect(sink.delete(change.uid)).toBe(true);
            else {
              expect(sink.get(change.record.uid)).not.toBe(change.hash);
              sink.set(change.record.uid, change.hash);
            }
          }
        };
        for (const each of steps) {
          if (each.op === 'upsert') {
            cluster.set(each.uid, hashOfThing(each.uid, each.phase));
            held.upsert(ALL, thing(each.uid, each.phase));
          } else if (each.op === 'remove') {
            cluster.delete(each.uid);
            held.remove(ALL, each.uid);
          } else if (each.op === 'relist') {
            // Something happened while nobody watched.
            cluster.delete('b');
            held.beginFirstState(ALL);
            for (const [name, hash] of cluster)
              held.upsert(ALL, thing(name, hash === hashOfThing(name, '1') ? '1' : '2'));
            held.finishFirstState(ALL);
          } else apply(holdings.take(each.max));
        }
        apply(holdings.take(100));
        expect([...sink].sort()).toEqual([...cluster].sort());
        const other = createHoldings(UNLIMITED);
        for (const [name, hash] of cluster) things(other).accept(name, hash);
        expect(differingBuckets(held.digest(), things(other).digest())).toEqual([]);
      }),
    );
  });
});

function digestOfOne(uid: string) {
  const one = createHoldings(UNLIMITED);
  things(one).accept(uid, 'any');
  return things(one).digest();
}
