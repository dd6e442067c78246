import { createOneAtATime } from './one-at-a-time.ts';

describe('one at a time', () => {
  it('keeps the order of a key, holds back no other, and goes on after a failure', async () => {
    const oneAtATime = createOneAtATime();
    const gate = Promise.withResolvers<undefined>();
    const done: string[] = [];
    const first = oneAtATime('a', async () => {
      await gate.promise;
      done.push('a1');
      throw new Error('failed');
    });
    const second = oneAtATime('a', () => Promise.resolve(done.push('a2')));
    await oneAtATime('b', () => Promise.resolve(done.push('b')));
    gate.resolve(undefined);
    await expect(first).rejects.toThrow('failed');
    await expect(second).resolves.toBe(3);
    expect(done).toEqual(['b', 'a1', 'a2']);
  });
});
