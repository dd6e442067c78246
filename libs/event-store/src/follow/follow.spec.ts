import { Failure, randomUuid } from '@mooring/kernel';
import type { StoredEvent } from '../event.ts';
import { follow } from './follow.ts';
import type { FollowSource, Sighting, SubscriptionSink } from './source.ts';

const eventAt = (position: bigint): StoredEvent => ({
  id: randomUuid(),
  type: 'Counted',
  streamName: 'c-1',
  revision: position,
  position,
  recordedAt: new Date(),
  data: {},
  metadata: {
    $correlationId: 'op',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    schemaVersion: 1,
    systemId: 'test',
  },
});

/** A follower that found nothing by then will not. */
const GIVEN_UP_MS = 4_000;

/** The copy of a store that answers at the moment, and what happens when it is subscribed to. */
interface Script {
  copy: readonly StoredEvent[];
  readonly onSubscribe: (sink: SubscriptionSink, subscription: number) => void;
}

function playing(script: Script): FollowSource {
  let subscriptions = 0;
  return {
    lookAt(position): Promise<Sighting> {
      const found = script.copy.find((event) => event.position >= position);
      return Promise.resolve(found === undefined ? 'nothing' : { position: found.position, eventId: found.id });
    },
    subscribe(_from, _prefixes, sink) {
      subscriptions += 1;
      const subscription = subscriptions;
      setImmediate(() => {
        script.onSubscribe(sink, subscription);
      });
      return { pause: () => undefined, resume: () => undefined, close: () => Promise.resolve() };
    },
  };
}

/** Follows after `last` until the store is found to be another one, or `until` is true of the ids that were handled. */
async function followed(script: Script, last: StoredEvent, until: (ids: readonly string[]) => boolean = () => false) {
  const over = new AbortController();
  const handled: string[] = [];
  const ended = await follow(playing(script), {
    prefixes: ['c-'],
    from: last.position,
    expectAt: { position: last.position, eventId: last.id },
    signal: AbortSignal.any([over.signal, AbortSignal.timeout(GIVEN_UP_MS)]),
    handle: ({ events }) => {
      handled.push(...events.map(({ id }) => id));
      if (until(handled)) over.abort();
      return Promise.resolve();
    },
  }).catch((thrown: unknown) => thrown);
  return { ended, handled };
}

const restored = expect.objectContaining({
  code: 'corrupt',
  details: expect.objectContaining({ anotherStore: true }),
});
const gone = new Failure('unavailable', 'gone');
const [first, second, third, others] = [eventAt(1n), eventAt(2n), eventAt(3n), eventAt(4n)];

describe('following a store that is put back to another copy', () => {
  it('finds it, though the subscription waited for the store and the other copy answered it', async () => {
    const script: Script = {
      copy: [first, second],
      onSubscribe(sink) {
        script.copy = [first];
        sink.confirmed();
        sink.event(others);
        sink.caughtUp();
      },
    };
    expect(await followed(script, second)).toEqual({ ended: restored, handled: [] });
  });

  it('finds it though it was thrown out as slow before, which says that the store is well', async () => {
    const script: Script = {
      copy: [first, second, third],
      onSubscribe(sink, subscription) {
        sink.confirmed();
        if (subscription === 1) {
          sink.event(third);
          sink.ended(new Failure('timeout', 'too slow'), true);
          return;
        }
        script.copy = [first];
        sink.event(others);
      },
    };
    expect(await followed(script, second)).toEqual({ ended: restored, handled: [third.id] });
  });

  it('handles what a subscription brought that ended while the store was looked at, when it is the same store', async () => {
    const script: Script = {
      copy: [first, second, third],
      onSubscribe(sink) {
        sink.confirmed();
        sink.event(third);
        sink.ended(gone, false);
      },
    };
    const { ended, handled } = await followed(script, second, (ids) => ids.length > 0);
    expect([ended, handled]).toEqual([undefined, [third.id]]);
  });

  it('tries again when a subscription ends before it is confirmed', async () => {
    const script: Script = {
      copy: [first, second, third],
      onSubscribe(sink, subscription) {
        if (subscription === 1) {
          sink.ended(gone, false);
          return;
        }
        sink.confirmed();
        sink.event(third);
      },
    };
    const { ended, handled } = await followed(script, second, (ids) => ids.length > 0);
    expect([ended, handled]).toEqual([undefined, [third.id]]);
  });
});
