import type { CloudEvent } from '@mooring/contracts';
import { project, type ConnectionFact, type Desired } from './desired.ts';

const connectionId = '4c1c1b7e-6f0f-4f0a-9f5e-0d6d0a3e7c11';

function event(sequence: number, data: Partial<ConnectionFact>): CloudEvent<ConnectionFact> {
  const fact: ConnectionFact = {
    connectionId,
    name: 'kind-one',
    previousState: null,
    state: 'not_found',
    intent: 'registered',
    decision: 1,
    by: 'policy',
    ...data,
  };
  return {
    id: `event-${sequence}`,
    sequence: String(sequence),
    correlationid: 'operation-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: fact,
  } as unknown as CloudEvent<ConnectionFact>;
}

const entered = event(0, { credentialId: 'c1', endpoint: { server: 'https://one', context: 'one' } });
const discovered = event(1, {
  state: 'discovered',
  previousState: 'not_found',
  clusterUid: 'uid-1',
  by: 'observation',
});
const registered = event(2, { state: 'registered', previousState: 'discovered', decision: 2 });
const attached = event(3, {
  state: 'registered',
  previousState: 'registered',
  decision: 3,
  credentialId: 'c2',
  endpoint: { server: 'https://two', context: 'two' },
});
const story = [entered, discovered, registered, attached];

const fold = (...events: readonly CloudEvent<ConnectionFact>[]): Desired | undefined =>
  events.reduce<Desired | undefined>(project, undefined);

const orders = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, index) =>
        orders([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
      );

describe('what should be so about a connection', () => {
  it('is what its events say', () => {
    expect(fold(...story)).toMatchObject({
      connectionId,
      state: 'registered',
      decision: 3,
      sequence: 3,
      clusterUid: 'uid-1',
      server: 'https://two',
      credentials: [
        { id: 'c2', sequence: 3 },
        { id: 'c1', sequence: 0 },
      ],
      cause: { eventId: 'event-3', correlationId: 'operation-1' },
    });
  });

  it('is the same in whatever order, and however often, the events come', () => {
    for (const order of orders(story)) expect(fold(...order, ...order)).toEqual(fold(...story));
  });

  it('forgets the credentials of what is deleted, also when one is heard of later', () => {
    const deleted = event(4, { state: 'deleted', previousState: 'registered', intent: 'none', decision: 4 });
    expect(fold(...story, deleted)?.credentials).toEqual([]);
    expect(fold(entered, deleted, attached)?.credentials).toEqual([]);
  });

  const away = (sequence: number, by: ConnectionFact['by'], previousState: ConnectionFact['previousState']) =>
    event(sequence, { state: 'disconnected', intent: 'none', by, previousState, decision: sequence });
  it.each([
    ['a person disconnected it', [away(1, 'person', 'connected')], true],
    ['it was lost before anybody decided', [away(1, 'observation', 'discovered')], false],
    [
      'a credential was attached to one that a person disconnected',
      [away(1, 'person', 'connected'), away(2, 'policy', 'disconnected')],
      true,
    ],
    [
      'a credential was attached to one that was lost',
      [away(1, 'observation', 'discovered'), away(2, 'policy', 'disconnected')],
      false,
    ],
    [
      'a person disconnected one that was lost',
      [away(1, 'observation', 'discovered'), away(2, 'person', 'disconnected')],
      true,
    ],
  ] as const)('%s: withdrawn %s', (_name, events, withdrawn) => {
    expect(fold(...events)?.withdrawn).toBe(withdrawn);
  });
});
