import { Type, type Static } from 'typebox';
import {
  CONNECTION_STATES,
  CONTEXT_OUTCOMES,
  Endpoint,
  INTENTS,
  Reason,
  type ConnectionState,
  type ContextOutcome,
  type Intent,
} from '../events/connections.ts';
import { page, pageQuery } from './paging.ts';
import { oneOrMoreOf } from './patterns.ts';

const Uuid = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const State = Type.Unsafe<ConnectionState>(Type.String({ enum: [...CONNECTION_STATES] }));
const IntentSchema = Type.Unsafe<Intent>(Type.String({ enum: [...INTENTS] }));

/** What a person may ask of a connection. */
export const CONNECTION_ACTIONS = ['register', 'ignore', 'maintain', 'disconnect', 'reconnect', 'delete'] as const;
export type ConnectionAction = (typeof CONNECTION_ACTIONS)[number];
const Action = Type.Unsafe<ConnectionAction>(Type.String({ enum: [...CONNECTION_ACTIONS] }));

export const LINKS = ['never', 'up', 'down'] as const;
export type Link = (typeof LINKS)[number];

export const ConnectionView = Type.Object({
  id: Uuid,
  name: Type.String(),
  kind: Type.Literal('kubernetes'),
  state: State,
  intent: IntentSchema,
  link: Type.Unsafe<Link>(
    Type.String({ enum: [...LINKS], description: 'Whether data flows: never so far, now, or not any more.' }),
  ),
  reason: Type.Optional(Reason),
  endpoint: Endpoint,
  clusterUid: Type.Optional(Type.String()),
  clusterVersion: Type.Optional(Type.String()),
  credential: Type.Object({
    id: Uuid,
    fingerprint: Type.String(),
    expiresAt: Type.Optional(Time),
    alternatives: Type.Integer({
      minimum: 0,
      description: 'How many other credentials for the same cluster are known.',
    }),
  }),
  importId: Type.Optional(Uuid),
  supersededBy: Type.Optional(Uuid),
  revision: Type.String({ pattern: '^[0-9]+$' }),
  decision: Type.Integer({ minimum: 0 }),
  enteredAt: Time,
  changedAt: Time,
  allowedActions: Type.Array(Action),
});
export type ConnectionView = Static<typeof ConnectionView>;

export const CONNECTION_SORTS = [
  'name',
  '-name',
  'state',
  '-state',
  'changedAt',
  '-changedAt',
  'enteredAt',
  '-enteredAt',
] as const;

export const ConnectionListQuery = Type.Object(
  {
    ...pageQuery,
    sort: Type.Optional(
      Type.Unsafe<(typeof CONNECTION_SORTS)[number]>(Type.String({ enum: [...CONNECTION_SORTS], default: 'name' })),
    ),
    state: Type.Optional(oneOrMoreOf(CONNECTION_STATES, ' Without it: all but deleted.')),
    intent: Type.Optional(IntentSchema),
    name: Type.Optional(Type.String({ description: 'Part of the name, in any case.' })),
    clusterUid: Type.Optional(Type.String()),
    importId: Type.Optional(Uuid),
  },
  { additionalProperties: false },
);
export type ConnectionListQuery = Static<typeof ConnectionListQuery>;

export const ConnectionPage = page(ConnectionView);
export type ConnectionPage = Static<typeof ConnectionPage>;

export const HistoryEntry = Type.Object({
  revision: Type.String(),
  eventId: Uuid,
  type: Type.String({ description: 'CloudEvents type.' }),
  at: Time,
  by: Type.String({ description: '`person`, `policy` or `observation`.' }),
  userId: Type.Optional(Type.String()),
  state: State,
  summary: Type.String(),
  message: Type.String(),
  reason: Type.Optional(Reason),
  correlationId: Type.String(),
  causationId: Type.Optional(Type.String()),
  traceId: Type.String(),
});
export type HistoryEntry = Static<typeof HistoryEntry>;
export const HistoryPage = page(HistoryEntry);
export type HistoryPage = Static<typeof HistoryPage>;

export const CommandReceipt = Type.Object({
  id: Uuid,
  state: State,
  revision: Type.String({
    description: 'The revision the command ended at; ask for `atLeastRevision` to read your own write.',
  }),
  recorded: Type.Array(Type.String(), {
    description: 'CloudEvents types of what was recorded; empty when it was so already.',
  }),
  allowedActions: Type.Array(Action),
  traceId: Type.String(),
});
export type CommandReceipt = Static<typeof CommandReceipt>;

export const ImportContextView = Type.Object({
  context: Type.String(),
  outcome: Type.Unsafe<ContextOutcome | 'pending'>(Type.String({ enum: ['pending', ...CONTEXT_OUTCOMES] })),
  connectionId: Type.Optional(Uuid),
  server: Type.Optional(Type.String()),
  reason: Type.Optional(Reason),
});
export type ImportContextView = Static<typeof ImportContextView>;

export const ImportView = Type.Object({
  id: Uuid,
  origin: Type.String({ description: '`upload` or `startup`.' }),
  status: Type.Unsafe<'running' | 'completed'>(Type.String({ enum: ['running', 'completed'] })),
  requestedAt: Time,
  completedAt: Type.Optional(Time),
  userId: Type.Optional(Type.String()),
  revision: Type.String(),
  contexts: Type.Array(ImportContextView),
});
export type ImportView = Static<typeof ImportView>;
export const ImportPage = page(ImportView);
export type ImportPage = Static<typeof ImportPage>;

/** Kubeconfigs larger than this are answered 413. */
export const KUBECONFIG_BYTES_MAX = 5 * 1024 * 1024;
export const KUBECONFIG_CONTEXTS_MAX = 1000;

export const ImportReceipt = Type.Object({
  id: Uuid,
  contexts: Type.Array(ImportContextView),
  revision: Type.String(),
  traceId: Type.String(),
});
export type ImportReceipt = Static<typeof ImportReceipt>;
