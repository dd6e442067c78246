import { digestOf, type LogFact, type PublishedFact, type StoredFact } from '../facts/facts.ts';
import { checkListener, checkReaders } from './clients.ts';
import { findingsOf, type Check } from './finding.ts';
import { checkBus, checkLog, checkNotifications, checkStore } from './stores.ts';

const publication = (id: string, digest = id): PublishedFact => ({ id, producer: 'connections', subject: 's', digest });
const stored = (id: string, revision: number): StoredFact => ({
  id,
  streamName: 'connection-c',
  revision: BigInt(revision),
  position: BigInt(revision),
  type: 'T',
  key: undefined,
  publication: publication(id),
});
const logged = (id: string, number: number, sequence = number): LogFact => ({
  number: BigInt(number),
  id,
  source: 'urn',
  subject: 's',
  sequence: BigInt(sequence),
  digest: digestOf(id),
});
const said = (check: Check): readonly string[] => findingsOf('it', check).map(({ message }) => message);

const [a, b] = [stored('a', 0), stored('b', 1)];

describe('the event store', () => {
  it('has every id once, and streams without a gap', () => {
    expect(said(checkStore([a, b]))).toEqual([]);
    expect(said(checkStore([a, stored('a', 1)]))).toEqual([expect.stringContaining('was stored before')]);
    expect(said(checkStore([a, stored('b', 2)]))).toEqual([
      expect.stringContaining('goes on with 2 where 1 comes next'),
    ]);
  });
});

describe('the bus', () => {
  const onBus = (...messages: PublishedFact[]) => said(checkBus([a, b], messages));
  it('holds what is stored, once, in order, to the byte, and nothing else', () => {
    expect(onBus(publication('a'), publication('b'))).toEqual([]);
    expect(onBus(publication('a'))).toEqual([expect.stringContaining('stored and not published: s b')]);
    expect(onBus(publication('a'), publication('b'), publication('b'))).toEqual([
      expect.stringContaining('published twice: s b'),
    ]);
    expect(onBus(publication('a'), publication('b'), publication('c'))).toEqual([
      expect.stringContaining('published and not stored: s c'),
    ]);
    expect(onBus(publication('b'), publication('a'))).toEqual([expect.stringContaining('message 1 is out of order')]);
    expect(onBus(publication('a'), publication('b', 'x'))).toEqual([
      expect.stringContaining('otherwise than stored: s b'),
    ]);
  });
});

describe('the event log', () => {
  const bus = [publication('a'), publication('b')];
  it('has everything of the bus once, numbered without a gap, in the order of each thing', () => {
    expect(said(checkLog([logged('a', 1), logged('b', 2)], bus))).toEqual([]);
    expect(said(checkLog([logged('a', 1)], bus))).toEqual(['not in the log: s b']);
    expect(said(checkLog([logged('a', 1), logged('b', 3)], bus))).toEqual(['number 3 stands where 2 should']);
    expect(said(checkLog([logged('a', 1), logged('b', 2), logged('b', 3)], bus))).toEqual([
      '3: event b is there twice',
    ]);
    expect(said(checkLog([logged('b', 1, 2), logged('a', 2, 1)], bus))).toEqual([
      '2: event 1 of s comes after its event 2',
    ]);
    expect(said(checkLog([logged('a', 1), logged('b', 2)], bus.slice(1)))).toEqual(['1: event a is not on the bus']);
  });
});

describe('notifications', () => {
  const event = (name: string, eventId: string, count?: number) => ({
    type: `Notification${name}`,
    data: { eventId, count },
  });
  const expected = [event('Raised', 'a'), event('Repeated', 'b', 2), event('Repeated', 'c', 3), event('Resolved', 'd')];
  const recorded = (...events: ReturnType<typeof event>[]) =>
    said(checkNotifications([{ id: 'n', recorded: events, expected }]));
  it('are what follows from the log, whether repeats were counted alone or together', () => {
    expect(recorded(...expected)).toEqual([]);
    expect(recorded(event('Raised', 'a'), event('Repeated', 'c', 3), event('Resolved', 'd'))).toEqual([]);
    expect(recorded(event('Raised', 'a'), event('Repeated', 'c', 4), event('Resolved', 'd'))).toHaveLength(1);
    expect(
      recorded(event('Raised', 'a'), event('Raised', 'a'), event('Repeated', 'c', 3), event('Resolved', 'd')),
    ).toHaveLength(1);
    expect(recorded()).toHaveLength(1);
  });
});

describe('clients', () => {
  const log = [logged('a', 1), logged('b', 2)];
  const message = (id: number, data: string, event = 'message') => ({ id: String(id), event, data });
  it('of the live stream got the log', () => {
    expect(said(checkListener([message(1, 'a'), message(2, 'b')], log))).toEqual([]);
    expect(said(checkListener([message(2, 'b')], log))).toEqual(['2 came after 0']);
    expect(said(checkListener([message(1, 'a'), message(1, 'a'), message(2, 'b')], log))).toEqual(['1 came after 1']);
    expect(said(checkListener([message(1, 'a')], log))).toEqual(['it has 1 of 2 entries']);
    expect(said(checkListener([message(1, 'a'), message(2, 'x')], log))).toEqual(['2 is not what the log has']);
    expect(said(checkListener([message(1, 'a'), message(2, '{}', 'reset'), message(2, 'b')], log))).toEqual([
      'after 1 it was told reset 2',
    ]);
  });

  it('on the bus saw nothing that is not stored, and who reads from the beginning saw everything', () => {
    const readers = (heard: string[], read: string[]) =>
      said(checkReaders({ heard: new Set(heard), read: new Set(read) }, [a, b]));
    expect(readers(['a'], ['a', 'b'])).toEqual([]);
    expect(readers(['x'], ['a', 'b', 'y'])).toEqual([
      'heard live and not stored: x',
      'read from a stream and not stored: y',
    ]);
    expect(readers([], ['a'])).toEqual(['never read from its stream: b']);
  });
});
