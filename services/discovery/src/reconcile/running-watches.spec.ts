import type { WatchUsage } from '@mooring/cluster-watch';
import { createRunningWatches } from './running-watches.ts';

const usageOf = (usage: Partial<WatchUsage>): WatchUsage => ({
  ...{ objects: 0, recordBytes: 0, pendingChanges: 0, flushMs: 50, connections: 1, streams: 1 },
  ...{ kinds: {}, leftOut: 0, changesHeldBackMs: 0, bytesHeldBackMs: 0 },
  ...usage,
});

describe('the watches of a process', () => {
  it('are counted together while they run; how long they were held back stays when they end', () => {
    const watches = createRunningWatches();
    let heldBackMs = 100;
    const end = watches.add({
      usage: () => usageOf({ kinds: { watching: 3, failing: 1 }, leftOut: 2, changesHeldBackMs: heldBackMs }),
    });
    watches.add({ usage: () => usageOf({ kinds: { watching: 1, removed: 1 }, leftOut: 1, bytesHeldBackMs: 7 }) });
    const kinds = { listing: 0, watching: 4, forbidden: 0, missing: 0, failing: 1 };
    expect(watches.figures()).toEqual({ kinds, leftOut: 3, changesHeldBackMs: 100, bytesHeldBackMs: 7 });
    heldBackMs = 250;
    end();
    end();
    expect(watches.figures()).toMatchObject({ leftOut: 1, changesHeldBackMs: 250, bytesHeldBackMs: 7 });
    expect(watches.figures().kinds).toMatchObject({ watching: 1, failing: 0 });
  });
});
