import type { ConnectionState, Intent } from '@mooring/contracts';
import {
  decide,
  offeredActions,
  type ConnectionCommand,
  type EnterCommand,
  type Observation,
} from './connection.decide.ts';
import { evolve, UNKNOWN, type ConnectionEvent, type ConnectionFold } from './connection.ts';

const endpoint = { server: 'https://cluster.test:6443', context: 'harbour' };
const credential = { id: 'credential-1', accessId: 'access-1', fingerprint: 'f1', endpoint };
const refusedReason = { code: 'unauthorized', message: 'The credential is not accepted.' };
const lostReason = { code: 'timeout', message: 'No answer.' };

const enter = (intent: Intent = 'registered'): EnterCommand => ({
  kind: 'enter',
  connectionId: 'connection-1',
  name: 'harbour',
  endpoint,
  credential,
  intent,
});

/** An observation under the decision that holds when it is made. */
let count = 0;
const under = (decision: number, epoch = 1) => ({ decision, epoch, count: (count += 1) });
const seen = (decision: number): Observation => ({
  kind: 'seen',
  number: under(decision),
  clusterUid: 'uid-1',
  clusterVersion: 'v1.35.4',
});
const linked = (decision: number): Observation => ({ kind: 'linked', number: under(decision) });
const lost = (decision: number): Observation => ({ kind: 'lost', number: under(decision), reason: lostReason });
const denied = (decision: number): Observation => ({ kind: 'refused', number: under(decision), reason: refusedReason });
const person = (
  kind: 'register' | 'ignore' | 'maintain' | 'disconnect' | 'reconnect' | 'delete',
): ConnectionCommand => ({ kind, by: 'person' });

/** Runs commands one after the other, each against what the ones before it recorded. */
function after(...commands: readonly ConnectionCommand[]): ConnectionFold {
  return commands.reduce<ConnectionFold>((fold, command) => {
    const decision = decide(command, fold);
    if (!decision.ok) throw new Error(`given: ${command.kind} was refused`);
    return decision.value.reduce(evolve, fold);
  }, UNKNOWN);
}

const known = (fold: ConnectionFold) => {
  if (fold.status === 'unknown') throw new Error('nobody knows it');
  return fold;
};

function when(command: ConnectionCommand, fold: ConnectionFold) {
  const decision = decide(command, fold);
  const events: readonly ConnectionEvent[] = decision.ok ? decision.value : [];
  return {
    types: events.map(({ type }) => type),
    events,
    rejection: decision.ok ? undefined : decision.error,
    state: events.reduce(evolve, fold),
  };
}

/** Commands that lead to each state. */
const PATHS: Record<ConnectionState, readonly ConnectionCommand[]> = {
  not_found: [enter()],
  discovered: [enter('none'), seen(1)],
  registered: [enter(), seen(1)],
  connected: [enter(), seen(1), linked(2)],
  ignored: [enter('none'), seen(1), person('ignore')],
  maintenance: [enter(), seen(1), linked(2), person('maintain')],
  disconnected: [enter(), seen(1), linked(2), lost(2)],
  deleted: [enter(), person('delete')],
};

describe('deciding about a connection', () => {
  it.each(Object.entries(PATHS))('reaches %s', (state, path) => {
    expect(known(after(...path)).state).toBe(state);
  });

  it('enters a connection as not found, probing, under the first decision; entering it again changes nothing', () => {
    const { events } = when(enter(), UNKNOWN);
    expect(events).toMatchObject([
      { type: 'ConnectionEntered', data: { state: 'not_found', decision: 1, reason: { code: 'probing' } } },
    ]);
    expect(when(enter(), after(enter())).types).toEqual([]);
  });

  it('refuses an intent that the state does not allow, naming the state, the command and what is allowed', () => {
    expect(when(person('register'), after(enter())).rejection).toEqual({
      kind: 'not-allowed',
      state: 'not_found',
      command: 'register',
      allowed: ['reconnect', 'delete'],
    });
    expect(when(person('register'), UNKNOWN).rejection).toEqual({ kind: 'unknown-connection' });
  });

  it('leads from seen straight to what was meant, in one append, recorded as done by policy', () => {
    const { events } = when(seen(1), after(enter('registered')));
    expect(events.map(({ type, data }) => [type, data.by])).toEqual([
      ['ConnectionDiscovered', 'observation'],
      ['ConnectionRegistered', 'policy'],
    ]);
    expect(when(seen(1), after(enter('none'))).types).toEqual(['ConnectionDiscovered']);
  });

  it('restores maintenance and ignoring when a cluster comes back', () => {
    const away = after(...PATHS.maintenance, lost(3));
    expect(known(away)).toMatchObject({ state: 'disconnected', intent: 'maintenance' });
    expect(known(when(seen(3), away).state)).toMatchObject({ state: 'maintenance', intent: 'maintenance' });
    const ignoredAway = after(...PATHS.ignored, denied(2));
    expect(known(when(seen(2), ignoredAway).state).state).toBe('ignored');
  });

  it('is connected only by data that flows, and at once where it flows already', () => {
    expect(when(seen(2), after(...PATHS.registered)).types).toEqual([]);
    expect(when(linked(2), after(...PATHS.registered)).types).toEqual(['ConnectionConnected']);
    expect(when(person('register'), after(...PATHS.maintenance)).types).toEqual([
      'ConnectionRegistered',
      'ConnectionConnected',
    ]);
  });

  it('notes that data flows in maintenance, without leaving it', () => {
    const quiet = after(enter(), seen(1), person('maintain'));
    const noted = when(linked(3), quiet);
    expect([noted.types, known(noted.state).state, known(noted.state).link]).toEqual([
      ['ConnectionLinked'],
      'maintenance',
      'up',
    ]);
    expect(when(linked(3), noted.state).types).toEqual([]);
  });

  it('tells a cluster that was never linked from one that is missed', () => {
    expect(when(lost(2), after(...PATHS.registered)).types).toEqual(['ConnectionNotFound']);
    expect(when(lost(2), after(...PATHS.connected)).types).toEqual(['ConnectionDisconnected']);
    expect(when(denied(2), after(...PATHS.registered)).types).toEqual(['ConnectionDisconnected']);
  });

  it('says a new reason once, and the same one not again', () => {
    const away = after(...PATHS.disconnected);
    expect(when(lost(2), away).types).toEqual([]);
    const changed = when(denied(2), away);
    expect([changed.types, known(changed.state).reason]).toEqual([['ConnectionDisconnected'], refusedReason]);
    const unreachable = when(lost(1), after(enter()));
    expect([unreachable.types, known(unreachable.state).reason]).toEqual([['ConnectionNotFound'], lostReason]);
  });

  it('asking twice is not an error and records nothing', () => {
    expect(when(person('register'), after(...PATHS.registered)).types).toEqual([]);
    expect(when(person('ignore'), after(...PATHS.ignored)).types).toEqual([]);
    expect(when(person('maintain'), after(...PATHS.maintenance)).types).toEqual([]);
    expect(when(person('disconnect'), after(...PATHS.connected, person('disconnect'))).types).toEqual([]);
  });

  it.each([
    ['not_found', ['reconnect', 'delete']],
    ['discovered', ['register', 'ignore', 'delete']],
    ['registered', ['ignore', 'maintain', 'disconnect', 'delete']],
    ['connected', ['ignore', 'maintain', 'disconnect', 'delete']],
    ['ignored', ['register', 'delete']],
    ['maintenance', ['register', 'ignore', 'disconnect', 'delete']],
    ['disconnected', ['disconnect', 'reconnect', 'delete']],
    ['deleted', []],
  ] as const)('offers in %s only what would change something', (state, actions) => {
    expect(offeredActions(known(after(...PATHS[state])))).toEqual(actions);
  });

  it('withdraws the intent with a disconnect, also of what is away already, so that it stays away', () => {
    const withdrawn = after(...PATHS.disconnected, person('disconnect'));
    expect(known(withdrawn)).toMatchObject({ state: 'disconnected', intent: 'none', reason: { code: 'withdrawn' } });
    expect(when(seen(2), withdrawn).types).toEqual([]);
    expect(when(lost(3), withdrawn).types).toEqual([]);
  });

  it('takes a reconnect as the wish to register, and a new decision', () => {
    const again = after(...PATHS.connected, person('disconnect'), person('reconnect'));
    expect(known(again)).toMatchObject({ state: 'disconnected', intent: 'registered', decision: 4 });
    expect(when(seen(4), again).types).toEqual(['ConnectionDiscovered', 'ConnectionRegistered']);
  });

  it('treats an observation made under an older decision, a repeated one and a late one as if they had not come', () => {
    const connected = after(...PATHS.connected);
    expect(when(lost(1), connected).types).toEqual([]);
    const number = { decision: 2, epoch: 2, count: 7 };
    const away = when({ kind: 'lost', number, reason: lostReason }, connected).state;
    expect(when({ kind: 'refused', number, reason: refusedReason }, away).types).toEqual([]);
    expect(
      when({ kind: 'refused', number: { ...number, epoch: 1, count: 99 }, reason: refusedReason }, away).types,
    ).toEqual([]);
    expect(when({ kind: 'refused', number: { ...number, count: 8 }, reason: refusedReason }, away).types).toEqual([
      'ConnectionDisconnected',
    ]);
  });

  it('puts a further credential first, once', () => {
    const other = { ...credential, id: 'credential-2', accessId: 'access-2', fingerprint: 'f2' };
    const attached = after(...PATHS.disconnected, { kind: 'attach-credential', credential: other });
    expect(known(attached)).toMatchObject({ state: 'disconnected', reason: lostReason, decision: 3 });
    expect(known(attached).credentials.map(({ id }) => id)).toEqual(['credential-2', 'credential-1']);
    expect(when({ kind: 'attach-credential', credential: other }, attached).types).toEqual([]);
  });

  it('ends with deleted: nothing is possible and nothing that was seen matters any more', () => {
    const deleted = after(...PATHS.deleted);
    for (const observation of [seen(9), linked(9), lost(9), denied(9)])
      expect(when(observation, deleted).types).toEqual([]);
    expect(when(person('delete'), deleted).rejection).toMatchObject({ state: 'deleted', allowed: [] });
    expect(when({ kind: 'attach-credential', credential: { ...credential, accessId: 'x' } }, deleted).types).toEqual(
      [],
    );
  });
});

describe('the fold of a connection', () => {
  it('leaves the state as it is at an event it does not know', () => {
    const before = after(...PATHS.connected);
    const strange = { type: 'ConnectionPainted', data: { colour: 'blue' } } as unknown as ConnectionEvent;
    expect(known(evolve(before, strange)).state).toBe('connected');
  });
});
