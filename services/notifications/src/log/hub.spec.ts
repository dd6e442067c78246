import { eventually } from '@mooring/testing';
import { createInMemoryLog } from '../../test/in-memory-log.ts';
import { createHub } from './hub.ts';

const HOUR_MS = 3_600_000;

async function openHub({ keep = 100, pollMs = HOUR_MS, before = 0 } = {}) {
  const log = createInMemoryLog();
  log.grow(before);
  const stopping = new AbortController();
  const failures: unknown[] = [];
  const hub = createHub(log, {
    pollMs,
    keep,
    signal: stopping.signal,
    onFailure: (thrown) => failures.push(thrown),
  });
  await hub.open();
  const grow = async (count: number): Promise<void> => {
    const target = hub.head + BigInt(count);
    log.grow(count);
    hub.nudge();
    await eventually(() => hub.head === target);
  };
  const dispose = async (): Promise<void> => {
    stopping.abort();
    await hub[Symbol.asyncDispose]();
  };
  return { log, hub, grow, failures, [Symbol.asyncDispose]: dispose };
}

const numbers = (found: readonly { readonly number: bigint }[] | undefined) =>
  found?.map(({ number }) => Number(number));

describe('the hub', () => {
  it('gives what came after a number, in order, as long as it remembers the first of it', async () => {
    await using opened = await openHub({ keep: 4, before: 10 });
    const { hub, grow } = opened;
    expect([hub.head, hub.recent(10n), hub.recent(9n)]).toEqual([10n, [], undefined]);
    await grow(3);
    expect([numbers(hub.recent(10n)), numbers(hub.recent(12n)), hub.recent(13n), hub.recent(9n)]).toEqual([
      [11, 12, 13],
      [13],
      [],
      undefined,
    ]);
    await grow(3);
    expect([hub.recent(11n), numbers(hub.recent(12n)), numbers(hub.recent(15n)), hub.recent(99n)]).toEqual([
      undefined,
      [13, 14, 15, 16],
      [16],
      [],
    ]);
  });

  it('reads more than a page at once, and each frame is one message whose id is its number', async () => {
    await using opened = await openHub({ keep: 2_000 });
    await opened.grow(1_201);
    const recent = opened.hub.recent(0n) ?? [];
    expect(numbers(recent)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
    const frame = recent[6]?.frame.toString() ?? '';
    expect(frame).toMatch(/^id: 7\ndata: \{[^\n]*\}\n\n$/);
  });

  it('loses no nudge: what is written while it reads is read after', async () => {
    await using opened = await openHub({ keep: 1_000 });
    const { hub, log } = opened;
    for (let round = 0; round < 200; round += 1) {
      log.grow(1);
      hub.nudge();
      await Promise.resolve();
    }
    await eventually(() => hub.head === 200n);
  });

  it('finds what another instance wrote without a nudge, and goes on after a failure', async () => {
    await using opened = await openHub({ pollMs: 5 });
    const { hub, log, failures } = opened;
    log.fails = 2;
    log.grow(1);
    await eventually(() => hub.head === 1n);
    expect(failures.length).toBe(2);
  });

  it('tells listeners after the news, until they leave', async () => {
    await using opened = await openHub();
    const heads: bigint[] = [];
    const leave = opened.hub.onNews(() => heads.push(opened.hub.head));
    await opened.grow(1);
    leave();
    await opened.grow(1);
    expect(heads).toEqual([1n]);
  });
});
