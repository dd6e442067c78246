import { CONNECTION_STATES, type ConnectionState, type ContextOutcome } from '@mooring/contracts';
import type { Connection } from '../domain/connection.ts';
import { outcomeOf } from './follow-up.ts';

const connection = (state: ConnectionState, changes: Partial<Connection> = {}): Connection => ({
  status: 'known',
  id: 'this',
  name: 'n',
  state,
  previousState: null,
  intent: 'registered',
  link: 'never',
  decision: 1,
  credentials: [{ id: 'k', accessId: 'a', fingerprint: 'f', endpoint: { server: 's', context: 'c' } }],
  ...changes,
});

const reason = { code: 'timeout', message: 'Nobody answers.' };

describe('the outcome of a context', () => {
  const table: Readonly<Record<ConnectionState, ContextOutcome | undefined>> = {
    not_found: undefined,
    discovered: undefined,
    registered: 'registered',
    connected: 'registered',
    ignored: 'registered',
    maintenance: 'registered',
    disconnected: 'refused',
    deleted: 'deleted',
  };
  it.each(CONNECTION_STATES.map((state) => [state, table[state]] as const))(
    'of a connection that is %s is %s',
    (state, outcome) => {
      expect(outcomeOf(connection(state))).toEqual(
        outcome === undefined ? undefined : { outcome, connectionId: 'this' },
      );
    },
  );

  it('of one that cannot be found is unreachable, with the reason; not while it is being looked for', () => {
    expect(outcomeOf(connection('not_found', { reason }))).toEqual({
      outcome: 'unreachable',
      connectionId: 'this',
      reason,
    });
    expect(outcomeOf(connection('not_found', { reason: { code: 'probing', message: '' } }))).toBeUndefined();
  });

  it('of one that gave way names the winner', () => {
    expect(outcomeOf(connection('deleted', { supersededBy: 'winner', reason }))).toEqual({
      outcome: 'superseded',
      connectionId: 'winner',
      reason,
    });
  });

  it('of one that was discovered and that nobody wants more of is its being there', () => {
    expect(outcomeOf(connection('discovered', { intent: 'none' }))).toMatchObject({ outcome: 'registered' });
  });
});
