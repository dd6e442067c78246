import fc from 'fast-check';
import { contentOf } from './content-hash.ts';
import { bucketOf, createRunningDigest, digestOf } from './digest.ts';
import { rootOf } from './digest-root.ts';
import { createHoldings } from './holdings.ts';
import { createKnowledge } from './knowledge.ts';
import type { MetadataRecord } from './records/record.ts';

const UNLIMITED = { objectsMax: Number.POSITIVE_INFINITY, recordBytesMax: Number.POSITIVE_INFINITY };
const ALL = '';
const EVERYWHERE = () => ({ scope: ALL, isWhole: true });
const TYPE = 'things';

const thing = (uid: string, phase: string): MetadataRecord => ({
  ...{ kind: 'Thing', apiVersion: 'v1', uid, name: uid, labels: { phase }, metadataOnly: true },
});

/** A sink that keeps what it gets: what it says of itself, and what it was asked for. */
function keep(objects: Readonly<Record<string, string>>) {
  const kept = new Map(Object.entries(objects).map(([uid, phase]) => [uid, contentOf(thing(uid, phase)).hash]));
  const running = createRunningDigest();
  for (const [uid, hash] of kept) running.add(uid, digestOf(uid, hash));
  const asked: string[] = [];
  const known = {
    digest(type: string) {
      asked.push(`digest of ${type}`);
      return Promise.resolve(running.read());
    },
    async *objects(type: string, buckets: readonly number[]) {
      asked.push(`objects of ${type}`);
      for (const [uid, hash] of await Promise.resolve([...kept]))
        if (buckets.includes(bucketOf(uid))) yield { type, uid, hash };
    },
  };
  return { kept, asked, known, root: rootOf(running.read()) };
}

describe('what the sink had before', () => {
  const state = fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), fc.constantFrom('1', '2'));

  it('any difference to it is found, whatever the two sides have; of what is equal nothing is asked for', async () => {
    const pairs = fc.oneof(
      fc.tuple(state, state),
      // The same but for one that is gone.
      fc.tuple(state, fc.nat()).map(([before, place]): [Record<string, string>, Record<string, string>] => {
        const gone = Object.keys(before)[place % Math.max(1, Object.keys(before).length)];
        return [before, Object.fromEntries(Object.entries(before).filter(([uid]) => uid !== gone))];
      }),
      state.map((both): [Record<string, string>, Record<string, string>] => [both, both]),
    );
    await fc.assert(
      fc.asyncProperty(pairs, async ([before, now]) => {
        const { kept, asked, known, root } = keep(before);
        const cluster = new Map(Object.entries(now).map(([uid, phase]) => [uid, contentOf(thing(uid, phase)).hash]));
        const holdings = createHoldings(UNLIMITED);
        const held = holdings.of(TYPE);
        const knowledge = createKnowledge(new Map(kept.size === 0 ? [] : [[TYPE, root]]), known);
        if (knowledge.has(TYPE)) held.beginUndecided();
        held.beginFirstState(ALL);
        for (const [uid, phase] of Object.entries(now)) held.upsert(ALL, thing(uid, phase));
        held.finishFirstState(ALL);
        await knowledge.decide(TYPE, held, EVERYWHERE, false);
        held.sweepLeftOver();
        const isSame = JSON.stringify([...kept].sort()) === JSON.stringify([...cluster].sort());
        if (kept.size > 0) expect(asked).toEqual(isSame ? [] : [`digest of ${TYPE}`, `objects of ${TYPE}`]);
        for (const change of holdings.take(1000)) {
          if (change.op === 'delete') expect(kept.delete(change.uid)).toBe(true);
          else {
            expect(kept.get(change.record.uid)).not.toBe(change.hash);
            kept.set(change.record.uid, change.hash);
          }
        }
        expect([...kept].sort()).toEqual([...cluster].sort());
        expect(knowledge.has(TYPE)).toBe(false);
      }),
    );
  });

  it('is asked for whole, without a digest, where the first state is not in yet', async () => {
    const { asked, known, root } = keep({ a: '1', b: '1' });
    const holdings = createHoldings(UNLIMITED);
    const held = holdings.of(TYPE);
    const knowledge = createKnowledge(new Map([[TYPE, root]]), known);
    expect([knowledge.count(TYPE), knowledge.types()]).toEqual([2, [TYPE]]);
    held.beginUndecided();
    await knowledge.decide(TYPE, held, () => ({ scope: ALL, isWhole: false }), true);
    expect(asked).toEqual([`objects of ${TYPE}`]);
    held.finishFirstState(ALL);
    expect(holdings.take(10).map(({ op }) => op)).toEqual(['delete', 'delete']);
  });
});
