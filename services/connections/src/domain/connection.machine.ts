import type { ConnectionAction, ConnectionState } from '@mooring/contracts';
import { CONNECTION_ACTIONS } from '@mooring/contracts';
import { setup, transition } from 'xstate';

/** What discovery sees, as the machine takes it. */
export type ObservationKind = 'seen' | 'linked' | 'lost' | 'refused';

/** What the table distinguishes beside the state. */
interface Circumstances {
  /** Whether data ever flowed. */
  readonly onceLinked: boolean;
}

/** XState reads only the types of these. */
const TYPES: { context: Circumstances; events: { type: ConnectionAction | ObservationKind } } = {
  context: { onceLinked: false },
  events: { type: 'seen' },
};

/** Success without a change of state: asking twice is not an error. */
const stays = {};

/** A cluster that gave data before is missed; one that never did was never there. */
const lost = [{ guard: 'onceLinked', target: 'disconnected' }, { target: 'not_found' }] as const;

/** Observations change nothing any more, and no intent is possible. */
const unmoved = { seen: stays, linked: stays, lost: stays, refused: stays };

/**
 * The connection state machine. An intent without an entry in a state is refused there; an observation has an entry
 * in every state, since what was seen can only be without effect, never wrong.
 */
export const connectionMachine = setup({
  types: TYPES,
  guards: { onceLinked: ({ context }) => context.onceLinked },
}).createMachine({
  id: 'connection',
  context: { onceLinked: false },
  initial: 'not_found',
  states: {
    not_found: {
      description: 'Known by hand or by an import, and never reached.',
      on: { ...unmoved, reconnect: stays, delete: 'deleted', seen: 'discovered', refused: 'disconnected' },
    },
    discovered: {
      description: 'Seen, and nobody has decided yet.',
      on: { ...unmoved, register: 'registered', ignore: 'ignored', delete: 'deleted', lost, refused: 'disconnected' },
    },
    registered: {
      description: 'To be managed; its first snapshot is being taken.',
      on: {
        ...unmoved,
        register: stays,
        ignore: 'ignored',
        maintain: 'maintenance',
        disconnect: 'disconnected',
        delete: 'deleted',
        linked: 'connected',
        lost,
        refused: 'disconnected',
      },
    },
    connected: {
      description: 'Managed; its data flows.',
      on: {
        ...unmoved,
        register: stays,
        ignore: 'ignored',
        maintain: 'maintenance',
        disconnect: 'disconnected',
        delete: 'deleted',
        lost: 'disconnected',
        refused: 'disconnected',
      },
    },
    ignored: {
      description: 'Explicitly left alone.',
      on: { ...unmoved, register: 'registered', ignore: stays, delete: 'deleted', lost, refused: 'disconnected' },
    },
    maintenance: {
      description: 'Watched, and nobody is told.',
      on: {
        ...unmoved,
        register: 'registered',
        ignore: 'ignored',
        maintain: stays,
        disconnect: 'disconnected',
        delete: 'deleted',
        lost,
        refused: 'disconnected',
      },
    },
    disconnected: {
      description: 'Was reached, and is not now.',
      on: { ...unmoved, disconnect: stays, reconnect: stays, delete: 'deleted', seen: 'discovered' },
    },
    deleted: {
      description: 'No longer managed, for good.',
      on: unmoved,
    },
  },
});

const hasEntry = (state: ConnectionState, trigger: string): boolean =>
  trigger in (connectionMachine.states[state]?.on ?? {});

/** Where the machine goes from a state; `undefined` where the table has no entry. The same state means: nothing changes. */
export function nextState(
  state: ConnectionState,
  trigger: ConnectionAction | ObservationKind,
  circumstances: Circumstances,
): ConnectionState | undefined {
  if (!hasEntry(state, trigger)) return undefined;
  const before = connectionMachine.resolveState({ value: state, context: circumstances });
  const [after] = transition(connectionMachine, before, { type: trigger });
  return after.value;
}

/** The intents the machine has an entry for in a state, in the order of {@link CONNECTION_ACTIONS}. */
export const allowedActions = (state: ConnectionState): readonly ConnectionAction[] =>
  CONNECTION_ACTIONS.filter((action) => hasEntry(state, action));
