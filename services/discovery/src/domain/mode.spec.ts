import { CONNECTION_STATES, INTENTS, type ConnectionState, type Intent } from '@mooring/contracts';
import { modeOf, type Mode } from './mode.ts';

/** Columns are the intents none, registered, ignored, maintenance. */
const TABLE: Record<ConnectionState, readonly [Mode, Mode, Mode, Mode]> = {
  discovered: ['look', 'look', 'look', 'look'],
  registered: ['watch', 'watch', 'watch', 'watch'],
  connected: ['watch', 'watch', 'watch', 'watch'],
  ignored: ['look', 'look', 'look', 'look'],
  maintenance: ['watch', 'watch', 'watch', 'watch'],
  disconnected: ['look', 'probe', 'probe', 'probe'],
  not_found: ['look', 'probe', 'probe', 'probe'],
  deleted: ['gone', 'gone', 'gone', 'gone'],
};

const cells = CONNECTION_STATES.flatMap((state) =>
  INTENTS.map((intent, column): [ConnectionState, Intent, Mode] => [state, intent, TABLE[state][column]!]),
);

describe('what discovery does about a connection', () => {
  it.each(cells)('%s with intent %s: %s', (state, intent, mode) => {
    expect(modeOf({ state, intent, withdrawn: false })).toBe(mode);
  });

  it('rests when somebody withdrew the intent', () => {
    expect(modeOf({ state: 'disconnected', intent: 'none', withdrawn: true })).toBe('rest');
  });
});
