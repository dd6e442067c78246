import type { ConnectionAction, ConnectionState } from '@mooring/contracts';

/** How a state is told apart without colour: by its shape, and always by its name. */
export type Shape = 'dot' | 'half' | 'ring' | 'slash' | 'diamond' | 'triangle' | 'question' | 'cross';
export type Tone = 'good' | 'progress' | 'news' | 'quiet' | 'care' | 'bad';

export interface StateLook {
  readonly label: string;
  readonly shape: Shape;
  readonly tone: Tone;
  /** One sentence for somebody who meets the state for the first time. */
  readonly meaning: string;
}

/** The order is the one of urgency: what needs a person comes first when a list is sorted by state. */
export const STATE_LOOKS: Readonly<Record<ConnectionState, StateLook>> = {
  disconnected: {
    label: 'Disconnected',
    shape: 'triangle',
    tone: 'bad',
    meaning: 'The cluster is away, refuses us, or a person withdrew the intent.',
  },
  not_found: {
    label: 'Not found',
    shape: 'question',
    tone: 'bad',
    meaning: 'The cluster was never linked and cannot be found so far.',
  },
  discovered: {
    label: 'Discovered',
    shape: 'ring',
    tone: 'news',
    meaning: 'The cluster was seen; nobody has decided yet what to do with it.',
  },
  registered: {
    label: 'Registered',
    shape: 'half',
    tone: 'progress',
    meaning: 'To be managed; the first snapshot of the cluster is not complete yet.',
  },
  connected: { label: 'Connected', shape: 'dot', tone: 'good', meaning: 'Managed, and changes flow.' },
  maintenance: {
    label: 'Maintenance',
    shape: 'diamond',
    tone: 'care',
    meaning: 'Watching goes on; nobody is told about what happens.',
  },
  ignored: { label: 'Ignored', shape: 'slash', tone: 'quiet', meaning: 'Explicitly not to be managed.' },
  deleted: { label: 'Deleted', shape: 'cross', tone: 'quiet', meaning: 'No longer managed, for good.' },
};

export const STATES = Object.keys(STATE_LOOKS) as readonly ConnectionState[];

export const isState = (text: string): text is ConnectionState => Object.hasOwn(STATE_LOOKS, text);

/** A state this page does not know (a newer server) is shown by its own name, quietly. */
export const lookOf = (state: string): StateLook =>
  isState(state) ? STATE_LOOKS[state] : { label: state, shape: 'ring', tone: 'quiet', meaning: '' };

export interface ActionWords {
  readonly label: string;
  readonly done: string;
  readonly meaning: string;
}

export const ACTION_WORDS: Readonly<Record<ConnectionAction, ActionWords>> = {
  register: { label: 'Register', done: 'Registered', meaning: 'Manage this cluster' },
  reconnect: { label: 'Reconnect', done: 'Asked for a look at', meaning: 'Look for the cluster now and register it' },
  maintain: { label: 'Put in maintenance', done: 'Put in maintenance:', meaning: 'Keep watching, tell nobody' },
  ignore: { label: 'Ignore', done: 'Ignored', meaning: 'Do not manage this cluster' },
  disconnect: { label: 'Disconnect', done: 'Disconnected', meaning: 'Stop watching until somebody reconnects' },
  delete: { label: 'Delete…', done: 'Deleted', meaning: 'Forget this connection and erase its credential' },
};

const ACTION_ORDER = Object.keys(ACTION_WORDS) as readonly ConnectionAction[];

/** The same actions, in the order in which every menu offers them. */
export const inMenuOrder = (actions: readonly ConnectionAction[]): readonly ConnectionAction[] =>
  ACTION_ORDER.filter((action) => actions.includes(action));

const BY_WORDS: Readonly<Record<string, string>> = {
  person: 'a person',
  policy: 'a rule',
  observation: 'an observation',
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A user's id as people can tell it from another: the start of a UUID is enough for that. */
export const shortUser = (userId: string): string => (UUID.test(userId) ? userId.slice(0, 8) : userId);

/** Who is behind an entry of a history: `a person (5f3c0a1b)`, `a rule`, `an observation`. */
export const byWhom = (by: string, userId?: string): string =>
  `${BY_WORDS[by] ?? by}${userId === undefined ? '' : ` (${by === 'person' ? '' : 'for '}${shortUser(userId)})`}`;
