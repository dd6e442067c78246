import { createLanes, type Attempt } from './lanes.ts';

const going = (): AbortSignal => new AbortController().signal;

/** A gate per item, opened by the test, and what was begun so far. */
function gated() {
  const begun: string[] = [];
  const gates = new Map<string, (attempt: Attempt) => void>();
  return {
    begun,
    attempt: (item: string) =>
      new Promise<Attempt>((resolve) => {
        begun.push(item);
        gates.set(item, resolve);
      }),
    async open(item: string, attempt: Attempt = 'done') {
      gates.get(item)?.(attempt);
      await new Promise(setImmediate);
    },
  };
}

describe('lanes', () => {
  it('try the items of one key one after the other and those of different keys side by side', async () => {
    const gate = gated();
    const lanes = createLanes({ concurrency: 4, attempt: gate.attempt, signal: going() });
    lanes.add('a', 'a1');
    lanes.add('a', 'a2');
    lanes.add('b', 'b1');
    await new Promise(setImmediate);
    expect(gate.begun).toEqual(['a1', 'b1']);
    await gate.open('a1');
    expect(gate.begun).toEqual(['a1', 'b1', 'a2']);
    await gate.open('a2');
    await gate.open('b1');
    await lanes.idle();
  });

  it('hold back what follows an item that waits for its next try, and nothing else, even with one place', async () => {
    const order: string[] = [];
    let tries = 0;
    const lanes = createLanes<string>({
      concurrency: 1,
      signal: going(),
      attempt: (item) => {
        order.push(item);
        if (item !== 'a1') return Promise.resolve('done');
        tries += 1;
        return Promise.resolve(tries < 3 ? { retryAfterMs: 5 } : 'done');
      },
    });
    for (const [key, item] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['b', 'b2'],
    ] as const)
      lanes.add(key, item);
    await lanes.idle();
    expect(order.filter((item) => item.startsWith('a'))).toEqual(['a1', 'a1', 'a1', 'a2']);
    expect(order.indexOf('b2')).toBeLessThan(order.lastIndexOf('a1'));
  });

  it('never try more at once than they may', async () => {
    let running = 0;
    let most = 0;
    const lanes = createLanes<number>({
      concurrency: 3,
      signal: going(),
      attempt: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return 'done';
      },
    });
    for (let item = 0; item < 50; item += 1) lanes.add(String(item), item);
    await lanes.idle();
    expect(most).toBe(3);
  });

  it('begin nothing more once stopped, and let what is being tried end', async () => {
    const gate = gated();
    const stopping = new AbortController();
    const lanes = createLanes({ concurrency: 1, attempt: gate.attempt, signal: stopping.signal });
    lanes.add('a', 'a1');
    lanes.add('a', 'a2');
    lanes.add('b', 'b1');
    await new Promise(setImmediate);
    stopping.abort();
    await gate.open('a1');
    await lanes.idle();
    expect(gate.begun).toEqual(['a1']);
  });
});
