import { createSlots } from './slots.ts';

/** Lets everything go on that need not wait. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  const asking = (slotsMax: number, askers: number) => {
    const slots = createSlots(slotsMax);
    const given: number[] = [];
    const releases = new Map<number, () => void>();
    for (let asker = 0; asker < askers; asker += 1)
      void slots.acquire().then((release) => {
        given.push(asker);
        releases.set(asker, release);
      });
    return { slots, given, release: (asker: number) => releases.get(asker)?.() };
  };

  it('are given to so many at a time, in the order of asking', async () => {
    const { given, release } = asking(2, 5);
    await settled();
    expect(given).toEqual([0, 1]);
    release(1);
    await settled();
    expect(given).toEqual([0, 1, 2]);
    release(0);
    release(2);
    await settled();
    expect(given).toEqual([0, 1, 2, 3, 4]);
  });

  it('are given back once, however often that is said', async () => {
    const { given, release } = asking(1, 4);
    await settled();
    for (let time = 0; time < 3; time += 1) release(0);
    await settled();
    expect(given).toEqual([0, 1]);
  });

  it('are free again when nobody waits', async () => {
    const { slots, release } = asking(1, 1);
    await settled();
    release(0);
    const second = await slots.acquire();
    let third = false;
    void slots.acquire().then(() => (third = true));
    await settled();
    expect(third).toBe(false);
    second();
    await settled();
    expect(third).toBe(true);
  });
});
