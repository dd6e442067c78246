import type { StoredEvent } from './event.ts';
import { upcast } from './upcasters.ts';

const stored = (schemaVersion: number, data: StoredEvent['data']): StoredEvent => ({
  id: 'id',
  streamName: 'thing-1',
  revision: 0n,
  position: 1n,
  type: 'Named',
  data,
  metadata: { $correlationId: 'op', schemaVersion, systemId: 's', traceparent: 't' },
  recordedAt: new Date(0),
});

describe('upcast', () => {
  const upcasters = {
    Named: {
      // Version 2 changed other types only.
      3: ({ full, ...rest }: StoredEvent['data']) => ({ ...rest, title: full }),
      1: ({ name, ...rest }: StoredEvent['data']) => ({ ...rest, full: name }),
    },
  };

  it.each([
    [1, { name: 'a' }, 4],
    [2, { full: 'a' }, 4],
    [3, { full: 'a' }, 4],
    [4, { title: 'a' }, 4],
    [9, { title: 'a' }, 9],
  ])('brings version %i up step by step, and leaves what is as new or newer', (version, data, expected) => {
    const event = upcast(stored(version, data), upcasters);
    expect([event.data, event.metadata.schemaVersion]).toEqual([{ title: 'a' }, expected]);
  });

  it('leaves types without upcasters alone', () => {
    const event = stored(1, { name: 'a' });
    expect(upcast(event, {})).toBe(event);
  });
});
