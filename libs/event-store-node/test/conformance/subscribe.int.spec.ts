import { jest } from '@jest/globals';
import {
  END,
  eventTypeFilter,
  START,
  streamNameFilter,
  type AllStreamSubscription,
  type Filter,
  type Position,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { until } from '../waiting.ts';
import { events, newStream, openTarget, type Target } from './target.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

interface Heard extends AsyncDisposable {
  readonly names: string[];
  readonly errors: { readonly type: string }[];
  caughtUp: number;
}

const nameOf = ({ event }: ResolvedEvent): string => `${event?.streamId}/${event?.revision}`;

const listen = (subscription: AllStreamSubscription | StreamSubscription): Heard => {
  const heard: Heard = {
    names: [],
    errors: [],
    caughtUp: 0,
    [Symbol.asyncDispose]: () => subscription.unsubscribe(),
  };
  subscription.on('data', (resolved: ResolvedEvent) => heard.names.push(nameOf(resolved)));
  subscription.on('error', (error) => heard.errors.push(error as unknown as { type: string }));
  subscription.on('caughtUp', () => (heard.caughtUp += 1));
  return heard;
};

const range = (stream: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `${stream}/${from + index}`);

describe('a subscription to a stream', () => {
  it('has every event once and in order, from before and from after it was caught up', async () => {
    const stream = newStream();
    await target.client.appendToStream(stream, events(300));
    await using heard = listen(target.client.subscribeToStream(stream));
    await until('being caught up', () => heard.caughtUp > 0);
    for (let more = 0; more < 20; more += 1) await target.client.appendToStream(stream, events(1));
    await until('320 events', () => heard.names.length >= 320);
    expect(heard.names).toEqual(range(stream, 0, 320));
  });

  it('goes on after a revision, or with what is new', async () => {
    const stream = newStream();
    await target.client.appendToStream(stream, events(5));
    await using after = listen(target.client.subscribeToStream(stream, { fromRevision: 2n }));
    await using fresh = listen(target.client.subscribeToStream(stream, { fromRevision: END }));
    await until('both being caught up', () => after.caughtUp > 0 && fresh.caughtUp > 0);
    await target.client.appendToStream(stream, events(1));
    await until('the new event', () => after.names.length >= 3 && fresh.names.length >= 1);
    expect(after.names).toEqual(range(stream, 3, 6));
    expect(fresh.names).toEqual(range(stream, 5, 6));
  });

  it('may be made before the stream is', async () => {
    const stream = newStream();
    await using heard = listen(target.client.subscribeToStream(stream));
    await target.client.appendToStream(stream, events(2));
    await until('two events', () => heard.names.length >= 2);
    expect(heard.names).toEqual(range(stream, 0, 2));
  });

  it('ends with an error when the stream is tombstoned', async () => {
    const stream = newStream();
    await target.client.appendToStream(stream, events(1));
    const heard = listen(target.client.subscribeToStream(stream));
    await until('being caught up', () => heard.caughtUp > 0);
    await target.client.tombstoneStream(stream);
    await until('an error', () => heard.errors.length > 0);
    expect(heard.errors[0]).toMatchObject({ type: 'stream-deleted' });
    expect(heard.names.at(-1)).toBe(`${stream}/${2n ** 63n - 1n}`);
  });
});

describe('a subscription to $all', () => {
  const category = `cat${Date.now()}`;
  const followed = (filter: Filter, fromPosition: Position | 'start' | 'end' = START): AllStreamSubscription =>
    target.client.subscribeToAll({ fromPosition, filter });

  it('with prefixes has those streams, in the order of their writing, while others are written', async () => {
    const [mine, other] = [newStream(category), newStream('other')];
    await target.client.appendToStream(mine, events(10));
    await using heard = listen(followed(streamNameFilter({ prefixes: [mine] })));
    const writing = Array.from({ length: 100 }, (_, index) =>
      target.client.appendToStream(index % 2 === 0 ? mine : other, events(1)),
    );
    await Promise.all(writing);
    await until('60 events', () => heard.names.length >= 60);
    expect(heard.names).toEqual(range(mine, 0, 60));
  });

  it('with an expression has what matches it', async () => {
    const mine = newStream(category);
    await target.client.appendToStream(mine, [...events(1, 'KeepOne'), ...events(1, 'Drop'), ...events(1, 'KeepTwo')]);
    const position = await firstPosition(mine);
    await using byType = listen(followed(eventTypeFilter({ regex: '^Keep' }), position));
    await using byName = listen(followed(streamNameFilter({ regex: `${mine.slice(-12)}$` })));
    await until('what matches', () => byType.names.length >= 1 && byName.names.length >= 3);
    // The position itself is not sent again.
    expect(byType.names).toEqual([`${mine}/2`]);
    expect(byName.names).toEqual(range(mine, 0, 3));
  });

  const firstPosition = async (stream: string): Promise<Position> => {
    for await (const { event } of target.client.readStream(stream, { maxCount: 1 }))
      if (event?.position !== undefined) return event.position;
    throw new Error(`no event in ${stream}`);
  };

  it('tells by checkpoints how far it is, and can be taken up from there', async () => {
    const checkpoints: Position[] = [];
    const mine = newStream(category);
    const filter = streamNameFilter({
      prefixes: [mine],
      checkpointInterval: 1,
      checkpointReached: (_subscription, position) => {
        checkpoints.push(position);
      },
    });
    await using heard = listen(followed(filter, END));
    await until('being caught up', () => heard.caughtUp > 0);
    for (let count = 0; count < 100; count += 1) await target.client.appendToStream(newStream('other'), events(1));
    await until('a checkpoint', () => checkpoints.length > 0);
    expect(heard.names).toEqual([]);
    await target.client.appendToStream(mine, events(1));
    await using resumed = listen(followed(streamNameFilter({ prefixes: [mine] }), checkpoints[0]));
    await until('the event', () => resumed.names.length > 0);
    expect(resumed.names).toEqual([`${mine}/0`]);
  });

  it('from the end has only what is new, without system events of before', async () => {
    const mine = newStream(category);
    await target.client.appendToStream(mine, events(1));
    await using heard = listen(target.client.subscribeToAll({ fromPosition: END }));
    await until('being caught up', () => heard.caughtUp > 0);
    await target.client.appendToStream(mine, events(1));
    await until('the event', () => heard.names.includes(`${mine}/1`));
    expect(heard.names).not.toContain(`${mine}/0`);
  });

  it('whose reader is slow still has everything once and in order, or is told that it is too slow', async () => {
    const mine = newStream(category);
    for (let part = 0; part < 4; part += 1) await target.client.appendToStream(mine, events(250));
    const subscription = target.client.subscribeToAll({ filter: streamNameFilter({ prefixes: [mine] }) });
    const names: string[] = [];
    for await (const resolved of subscription) {
      names.push(nameOf(resolved));
      if (names.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (names.length === 1000) break;
    }
    expect(names).toEqual(range(mine, 0, 1000));
  });
});
