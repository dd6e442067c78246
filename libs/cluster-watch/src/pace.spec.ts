import { createPace } from './pace.ts';

const soon = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('a pace', () => {
  it('lets a burst pass at once, and then so many a second', async () => {
    let nowMs = 0;
    const signal = new AbortController().signal;
    const pace = createPace(10, 2, () => nowMs);
    expect(await soon(pace.take(1, signal))).toBe(true);
    expect(await soon(pace.take(1, signal))).toBe(true);
    const stopping = new AbortController();
    const third = pace.take(1, stopping.signal);
    expect(await soon(third)).toBe(false);
    expect(pace.heldBackMs).toBe(100);
    nowMs = 200;
    expect(await soon(pace.take(1, signal))).toBe(true);
    stopping.abort();
    await third;
  });

  it('without a limit holds nobody back', async () => {
    const pace = createPace(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(await soon(pace.take(1e9, new AbortController().signal))).toBe(true);
    expect(pace.heldBackMs).toBe(0);
  });
});
