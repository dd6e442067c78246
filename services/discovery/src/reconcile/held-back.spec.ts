import { createHeldBackWatch } from './held-back.ts';

describe('being held back by a limit', () => {
  it('is told when it begins, when the limit is another, and when it is over, and not in between', () => {
    const watch = createHeldBackWatch(1_000);
    const look = (changesHeldBackMs: number, bytesHeldBackMs: number) =>
      watch.next({ changesHeldBackMs, bytesHeldBackMs });
    // A tenth of the time is what a limit is for.
    expect([look(0, 0), look(90, 0)]).toEqual([undefined, undefined]);
    expect([look(400, 0), look(900, 50)]).toEqual(['changes', undefined]);
    expect([look(900, 950), look(910, 1_900)]).toEqual(['bytes', undefined]);
    expect([look(910, 1_900), look(910, 1_900)]).toEqual(['none', undefined]);
  });
});
