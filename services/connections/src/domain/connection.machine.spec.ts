import type { ConnectionState } from '@mooring/contracts';
import { allowedActions, nextState } from './connection.machine.ts';

/**
 * The whole table, cell by cell, as the specification prints it: a state's name is where it goes, `-` is success without
 * a change, an empty cell is a refusal.
 */
const TRIGGERS = [
  'register',
  'ignore',
  'maintain',
  'disconnect',
  'reconnect',
  'delete',
  'seen',
  'linked',
  'lost',
  'lostLinked',
  'refused',
] as const;
const TABLE: Record<ConnectionState, readonly string[]> = {
  not_found: ['', '', '', '', '-', 'deleted', 'discovered', '-', '-', '-', 'disconnected'],
  discovered: ['registered', 'ignored', '', '', '', 'deleted', '-', '-', 'not_found', 'disconnected', 'disconnected'],
  registered: [
    '-',
    'ignored',
    'maintenance',
    'disconnected',
    '',
    'deleted',
    '-',
    'connected',
    'not_found',
    'disconnected',
    'disconnected',
  ],
  connected: [
    '-',
    'ignored',
    'maintenance',
    'disconnected',
    '',
    'deleted',
    '-',
    '-',
    'disconnected',
    'disconnected',
    'disconnected',
  ],
  ignored: ['registered', '-', '', '', '', 'deleted', '-', '-', 'not_found', 'disconnected', 'disconnected'],
  maintenance: [
    'registered',
    'ignored',
    '-',
    'disconnected',
    '',
    'deleted',
    '-',
    '-',
    'not_found',
    'disconnected',
    'disconnected',
  ],
  disconnected: ['', '', '', '-', '-', 'deleted', 'discovered', '-', '-', '-', '-'],
  deleted: ['', '', '', '', '', '', '-', '-', '-', '-', '-'],
};

const cells = Object.entries(TABLE).flatMap(([state, row]) =>
  row.map((cell, column) => ({ state: state as ConnectionState, trigger: TRIGGERS[column]!, cell })),
);

describe('the connection state machine', () => {
  it.each(cells)('$state, $trigger → "$cell"', ({ state, trigger, cell }) => {
    const target = nextState(state, trigger === 'lostLinked' ? 'lost' : trigger, {
      onceLinked: trigger === 'lostLinked',
    });
    expect(target).toBe(cell === '' ? undefined : cell === '-' ? state : cell);
  });

  it.each(Object.keys(TABLE) as ConnectionState[])('offers in %s exactly the intents that have an entry', (state) => {
    const expected = TRIGGERS.slice(0, 6).filter((_trigger, column) => TABLE[state][column] !== '');
    expect(allowedActions(state)).toEqual(expected);
  });
});
