import { Type, type Static } from 'typebox';
import { defineEvent } from '../event-type.ts';

export const CONNECTION_STATES = [
  'discovered',
  'registered',
  'connected',
  'ignored',
  'maintenance',
  'disconnected',
  'not_found',
  'deleted',
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export const INTENTS = ['none', 'registered', 'ignored', 'maintenance'] as const;
export type Intent = (typeof INTENTS)[number];

const enumOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));

const Uuid = Type.String({ format: 'uuid' });

/** Why a connection is as it is, and what a person can do about it. */
export const Reason = Type.Object({
  code: Type.String({ description: 'Stable, kebab-case: `connection-refused`, `unauthorized`, `probing` …' }),
  message: Type.String(),
  suggestedRemediation: Type.Optional(Type.String()),
});
export type Reason = Static<typeof Reason>;

/** Who decided: a person through the API, a rule (standing intent, import, identity), or what discovery saw. */
export const By = enumOf(['person', 'policy', 'observation'] as const);

/** The number of an observation: the decision it was made under, the watch it came from, and its place in it. */
export const ObservationNumber = Type.Object({
  decision: Type.Integer({ minimum: 0 }),
  epoch: Type.Integer({ minimum: 0 }),
  count: Type.Integer({ minimum: 0 }),
});
export type ObservationNumber = Static<typeof ObservationNumber>;

/** What every lifecycle event of a connection says, so that a consumer that reads only the last one knows what should be so. */
const lifecycle = {
  connectionId: Uuid,
  name: Type.String(),
  previousState: Type.Union([enumOf(CONNECTION_STATES), Type.Null()]),
  state: enumOf(CONNECTION_STATES),
  intent: enumOf(INTENTS),
  decision: Type.Integer({
    minimum: 0,
    description: 'Counts the intents decided so far; observations made under an older one are void.',
  }),
  by: By,
  reason: Type.Optional(Reason),
  observation: Type.Optional(ObservationNumber),
};

/** Where a cluster is reached; nothing of it is secret. */
export const Endpoint = Type.Object({
  server: Type.String({ description: 'URL of the API server.' }),
  context: Type.String({ description: 'Name of the kubeconfig context it came from.' }),
});
export type Endpoint = Static<typeof Endpoint>;

const connection = (stored: string, verb: string, action: string, description: string) =>
  defineEvent({
    stored,
    type: `io.meshery.connections.connection.${verb}.v1`,
    category: 'connection',
    action,
    description: `${description} The subject is the connection's id.`,
    fields: Type.Object(lifecycle),
  });

export const ConnectionEntered = defineEvent({
  stored: 'ConnectionEntered',
  type: 'io.meshery.connections.connection.entered.v1',
  category: 'connection',
  action: 'enter',
  description: "A connection was entered and is being probed. The subject is the connection's id.",
  fields: Type.Object({
    ...lifecycle,
    kind: Type.Literal('kubernetes'),
    endpoint: Endpoint,
    credentialId: Uuid,
    accessId: Uuid,
    fingerprint: Type.String({
      description: 'Keyed hash of the credential; tells whether two are the same, and nothing else.',
    }),
    credentialExpiresAt: Type.Optional(Type.String({ format: 'date-time' })),
    importId: Type.Optional(Uuid),
  }),
});

export const ConnectionDiscovered = defineEvent({
  stored: 'ConnectionDiscovered',
  type: 'io.meshery.connections.connection.discovered.v1',
  category: 'connection',
  action: 'discover',
  description: "Discovery saw the cluster. The subject is the connection's id.",
  fields: Type.Object({
    ...lifecycle,
    clusterUid: Type.String({ description: 'UID of the kube-system namespace.' }),
    clusterVersion: Type.Optional(Type.String()),
  }),
});

export const ConnectionRegistered = connection(
  'ConnectionRegistered',
  'registered',
  'register',
  'The connection is to be managed.',
);
export const ConnectionConnected = connection(
  'ConnectionConnected',
  'connected',
  'connect',
  'The first snapshot of the cluster is complete and changes flow.',
);
export const ConnectionIgnored = connection(
  'ConnectionIgnored',
  'ignored',
  'ignore',
  'The connection is explicitly not to be managed.',
);
export const ConnectionPutInMaintenance = connection(
  'ConnectionPutInMaintenance',
  'put_in_maintenance',
  'maintain',
  'Watching goes on, nobody is told.',
);
export const ConnectionDisconnected = connection(
  'ConnectionDisconnected',
  'disconnected',
  'disconnect',
  'The cluster is away, refuses us, or a person withdrew the intent.',
);
export const ConnectionNotFound = connection(
  'ConnectionNotFound',
  'not_found',
  'lose',
  'The cluster was never linked and cannot be found.',
);
export const ConnectionLinked = connection(
  'ConnectionLinked',
  'linked',
  'link',
  'Data flows while the connection is in maintenance; its state stays.',
);

export const ConnectionDeleted = defineEvent({
  stored: 'ConnectionDeleted',
  type: 'io.meshery.connections.connection.deleted.v1',
  category: 'connection',
  action: 'delete',
  description: "The connection is no longer managed, for good. The subject is the connection's id.",
  fields: Type.Object({ ...lifecycle, supersededBy: Type.Optional(Uuid) }),
});

export const ProbeRequested = defineEvent({
  stored: 'ProbeRequested',
  type: 'io.meshery.connections.probe.requested.v1',
  category: 'connection',
  action: 'reconnect',
  description:
    "Somebody asks for a look at the cluster now and means to register it. The subject is the connection's id.",
  fields: Type.Object(lifecycle),
});

export const CredentialAttached = defineEvent({
  stored: 'CredentialAttached',
  type: 'io.meshery.connections.credential.attached.v1',
  category: 'credential',
  action: 'attach',
  description:
    "A further way into the same cluster became known; it is tried first. The subject is the connection's id.",
  fields: Type.Object({
    ...lifecycle,
    credentialId: Uuid,
    accessId: Uuid,
    fingerprint: Type.String(),
    credentialExpiresAt: Type.Optional(Type.String({ format: 'date-time' })),
    endpoint: Endpoint,
  }),
});

export const ClusterClaimed = defineEvent({
  stored: 'ClusterClaimed',
  type: 'io.meshery.connections.cluster.claimed.v1',
  category: 'cluster',
  action: 'claim',
  description: 'A connection stands for the cluster from now on. The subject is the id of the cluster.',
  fields: Type.Object({ clusterId: Uuid, clusterUid: Type.String(), connectionId: Uuid }),
});

export const ClusterReleased = defineEvent({
  stored: 'ClusterReleased',
  type: 'io.meshery.connections.cluster.released.v1',
  category: 'cluster',
  action: 'release',
  description: 'No connection stands for the cluster any more. The subject is the id of the cluster.',
  fields: Type.Object({ clusterId: Uuid, clusterUid: Type.String(), connectionId: Uuid }),
});

/** What became of one context of a kubeconfig. */
export const CONTEXT_OUTCOMES = [
  'registered',
  'known',
  'superseded',
  'unreachable',
  'refused',
  'invalid',
  'deleted',
] as const;
export type ContextOutcome = (typeof CONTEXT_OUTCOMES)[number];

export const ImportRequested = defineEvent({
  stored: 'ImportRequested',
  type: 'io.meshery.connections.import.requested.v1',
  category: 'import',
  action: 'import',
  description: 'A kubeconfig was handed in. The subject is the id of the import.',
  fields: Type.Object({
    importId: Uuid,
    origin: enumOf(['upload', 'startup'] as const),
    contexts: Type.Array(
      Type.Object({
        context: Type.String(),
        connectionId: Uuid,
        server: Type.Optional(Type.String()),
        accessId: Type.Optional(Uuid),
        credentialId: Type.Optional(Uuid),
        fingerprint: Type.Optional(Type.String()),
        credentialExpiresAt: Type.Optional(Type.String({ format: 'date-time' })),
        reason: Type.Optional(Reason),
      }),
    ),
  }),
});

export const ContextResolved = defineEvent({
  stored: 'ContextResolved',
  type: 'io.meshery.connections.context.resolved.v1',
  category: 'import',
  action: 'resolve_context',
  description: 'One context of an import has its outcome. The subject is the id of the import.',
  fields: Type.Object({
    importId: Uuid,
    context: Type.String(),
    outcome: enumOf(CONTEXT_OUTCOMES),
    connectionId: Type.Optional(Uuid),
    reason: Type.Optional(Reason),
  }),
});

export const ImportCompleted = defineEvent({
  stored: 'ImportCompleted',
  type: 'io.meshery.connections.import.completed.v1',
  category: 'import',
  action: 'complete',
  description: 'Every context of an import has its outcome. The subject is the id of the import.',
  fields: Type.Object({ importId: Uuid, outcomes: Type.Record(Type.String(), Type.Integer({ minimum: 0 })) }),
});
