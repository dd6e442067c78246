import { describe, expect, it } from '@jest/globals';
import { createFollower, type ChangesMessage } from './fold-changes.ts';

const CHANGED = 'io.meshery.inventory.resources.changed.v1';
type Changes = NonNullable<ChangesMessage['data']['changes']>;

const batch = (number: number, changes: Changes, connectionId = 'c'): ChangesMessage => ({
  type: CHANGED,
  data: { connectionId, batch: number, changes },
});
const upsert = (uid: string, hash: string) => ({ op: 'upsert', uid, hash }) as const;

describe('somebody who only reads the stream of changes', () => {
  it('knows what is there, whoever else is in the stream and whatever comes twice', () => {
    const follower = createFollower('c');
    follower.take(1, batch(1, [upsert('a', '1'), upsert('b', '1')]));
    follower.take(2, batch(1, [upsert('x', '1')], 'another'));
    follower.take(1, batch(1, [upsert('a', '1'), upsert('b', '1')]));
    follower.take(3, batch(2, [upsert('a', '2'), { op: 'delete', uid: 'b' }]));
    expect([[...follower.objects], follower.batches, follower.troubles]).toEqual([[['a', '2']], 2, []]);
  });

  it.each<[string, readonly ChangesMessage[], RegExp]>([
    ['a gap', [batch(1, [upsert('a', '1')]), batch(3, [upsert('b', '1')])], /batch 3 came after 1/],
    ['a batch stored twice', [batch(1, [upsert('a', '1')]), batch(1, [upsert('b', '1')])], /batch 1 came after 1/],
    ['what was there already', [batch(1, [upsert('a', '1')]), batch(2, [upsert('a', '1')])], /batch 2 repeats a/],
    ['a delete of nothing', [batch(1, [{ op: 'delete', uid: 'a' }])], /batch 1 deletes a/],
    [
      'changes that were dropped',
      [
        {
          type: 'io.meshery.inventory.changes.dropped.v1',
          data: { connectionId: 'c', batch: 1, reason: 'outbox-full' },
        },
      ],
      /changes\.dropped\.v1: outbox-full/,
    ],
  ])('notices %s', (_what, messages, trouble) => {
    const follower = createFollower('c');
    messages.forEach((message, index) => follower.take(index + 1, message));
    expect(follower.troubles).toEqual([expect.stringMatching(trouble)]);
  });
});
