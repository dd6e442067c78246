import type {
  ConnectionAction,
  ConnectionState,
  Endpoint,
  FieldsOf,
  Intent,
  ObservationNumber,
  ProbeRequested,
  Reason,
} from '@mooring/contracts';
import { ok, refused, type Result } from '@mooring/kernel';
import {
  evolve,
  type Connection,
  type ConnectionEvent,
  type ConnectionFold,
  type KnownCredential,
} from './connection.ts';
import { allowedActions, nextState } from './connection.machine.ts';

export interface EnterCommand {
  readonly kind: 'enter';
  readonly connectionId: string;
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly credential: KnownCredential;
  /** What the one who enters it wants of it: an import wants it registered. */
  readonly intent: Intent;
  readonly importId?: string;
}

/** A person or a rule decided something. */
export interface IntentCommand {
  readonly kind: ConnectionAction;
  readonly by: 'person' | 'policy';
  readonly reason?: Reason;
  /** With `delete` by the identity rule: the connection that stands for the same cluster. */
  readonly supersededBy?: string;
}

export interface AttachCredentialCommand {
  readonly kind: 'attach-credential';
  readonly credential: KnownCredential;
}

/** Discovery saw something. */
export type Observation = { readonly number: ObservationNumber } & (
  | { readonly kind: 'seen'; readonly clusterUid: string; readonly clusterVersion?: string }
  | { readonly kind: 'linked' }
  | { readonly kind: 'lost' | 'refused'; readonly reason: Reason }
);

export type ConnectionCommand = EnterCommand | IntentCommand | AttachCredentialCommand | Observation;

/** An intent that the state does not allow, with what it does allow. */
export type ConnectionRejection =
  | { readonly kind: 'unknown-connection' }
  | {
      readonly kind: 'not-allowed';
      readonly state: ConnectionState;
      readonly command: ConnectionAction;
      readonly allowed: readonly ConnectionAction[];
    };

type Decision = Result<readonly ConnectionEvent[], ConnectionRejection>;
type Lifecycle = FieldsOf<typeof ProbeRequested>;

const NOTHING: Decision = ok([]);

/** Decides what a command means for a connection. Pure: the same command and state always give the same events. */
export function decide(command: ConnectionCommand, fold: ConnectionFold): Decision {
  if (command.kind === 'enter') return fold.status === 'unknown' ? ok([entered(command)]) : NOTHING;
  if (fold.status === 'unknown') return refused({ kind: 'unknown-connection' });
  if ('number' in command) return isVoid(command.number, fold) ? NOTHING : ok(observed(command, fold));
  if (command.kind === 'attach-credential') return ok(attached(command.credential, fold));
  return intended(command, fold);
}

const entered = ({ connectionId, name, endpoint, credential, intent, importId }: EnterCommand): ConnectionEvent => ({
  type: 'ConnectionEntered',
  data: {
    connectionId,
    name,
    kind: 'kubernetes',
    endpoint,
    credentialId: credential.id,
    accessId: credential.accessId,
    fingerprint: credential.fingerprint,
    ...(credential.expiresAt === undefined ? {} : { credentialExpiresAt: credential.expiresAt }),
    ...(importId === undefined ? {} : { importId }),
    previousState: null,
    state: 'not_found',
    intent,
    decision: 1,
    by: 'policy',
    reason: { code: 'probing', message: 'The cluster is being looked for.' },
  },
});

/** An observation made under an older decision, or that is not newer than one that already left a trace, changes nothing. */
function isVoid(number: ObservationNumber, { decision, observation }: Connection): boolean {
  if (number.decision < decision) return true;
  if (observation === undefined || number.decision > observation.decision) return false;
  return number.epoch < observation.epoch || (number.epoch === observation.epoch && number.count <= observation.count);
}

const lifecycle = (
  connection: Connection,
  changes: Partial<Lifecycle> & Pick<Lifecycle, 'state' | 'by'>,
): Lifecycle => ({
  connectionId: connection.id,
  name: connection.name,
  previousState: connection.state,
  intent: connection.intent,
  decision: connection.decision,
  ...changes,
});

/** Collects events while folding them, so that each step sees what the one before it did. */
function steps(start: Connection) {
  let connection = start;
  const events: ConnectionEvent[] = [];
  return {
    events,
    now: () => connection,
    record: (event: ConnectionEvent): void => {
      events.push(event);
      const after = evolve(connection, event);
      if (after.status === 'known') connection = after;
    },
  };
}

function intended(command: IntentCommand, connection: Connection): Decision {
  const target = nextState(connection.state, command.kind, { onceLinked: connection.link !== 'never' });
  if (target === undefined) {
    const { state } = connection;
    return refused({ kind: 'not-allowed', state, command: command.kind, allowed: offeredActions(connection) });
  }
  const { record, events, now } = steps(connection);
  const decided = (intent: Intent, state: ConnectionState = target): Lifecycle =>
    lifecycle(connection, {
      state,
      intent,
      decision: connection.decision + 1,
      by: command.by,
      ...(command.reason === undefined ? {} : { reason: command.reason }),
    });

  switch (command.kind) {
    case 'register':
      if (target === connection.state) return NOTHING;
      record({ type: 'ConnectionRegistered', data: decided('registered') });
      if (now().link === 'up') {
        record({ type: 'ConnectionConnected', data: lifecycle(now(), { state: 'connected', by: 'policy' }) });
      }
      return ok(events);
    case 'ignore':
      return target === connection.state ? NOTHING : ok([{ type: 'ConnectionIgnored', data: decided('ignored') }]);
    case 'maintain':
      return target === connection.state
        ? NOTHING
        : ok([{ type: 'ConnectionPutInMaintenance', data: decided('maintenance') }]);
    case 'disconnect':
      return alreadyWithdrawn(connection)
        ? NOTHING
        : ok([{ type: 'ConnectionDisconnected', data: withdrawn(decided('none')) }]);
    case 'reconnect':
      return ok([{ type: 'ProbeRequested', data: decided('registered') }]);
    case 'delete':
      return ok([
        {
          type: 'ConnectionDeleted',
          data: {
            ...decided('none'),
            ...(command.supersededBy === undefined ? {} : { supersededBy: command.supersededBy }),
          },
        },
      ]);
  }
}

/** Disconnecting what is away already still withdraws its standing intent, so that it stays away when the cluster comes back. */
const alreadyWithdrawn = ({ state, intent }: Connection): boolean => state === 'disconnected' && intent === 'none';

const withdrawn = (data: Lifecycle): Lifecycle => ({
  ...data,
  reason: data.reason ?? {
    code: 'withdrawn',
    message: 'A person disconnected it.',
    suggestedRemediation: 'Reconnect it when it should be managed again.',
  },
});

function attached(credential: KnownCredential, connection: Connection): readonly ConnectionEvent[] {
  if (connection.state === 'deleted') return [];
  if (connection.credentials[0].accessId === credential.accessId) return [];
  return [
    {
      type: 'CredentialAttached',
      data: {
        ...lifecycle(connection, { state: connection.state, decision: connection.decision + 1, by: 'policy' }),
        ...(connection.reason === undefined ? {} : { reason: connection.reason }),
        credentialId: credential.id,
        accessId: credential.accessId,
        fingerprint: credential.fingerprint,
        endpoint: credential.endpoint,
        ...(credential.expiresAt === undefined ? {} : { credentialExpiresAt: credential.expiresAt }),
      },
    },
  ];
}

function observed(observation: Observation, connection: Connection): readonly ConnectionEvent[] {
  const target = nextState(connection.state, observation.kind, { onceLinked: connection.link !== 'never' });
  const changes = { state: target ?? connection.state, by: 'observation', observation: observation.number } as const;
  if (connection.state === 'deleted' || target === undefined) return [];
  switch (observation.kind) {
    case 'seen':
      return target === connection.state ? [] : seen(observation, connection);
    case 'linked':
      if (target !== connection.state) return [{ type: 'ConnectionConnected', data: lifecycle(connection, changes) }];
      return connection.state === 'maintenance' && connection.link !== 'up'
        ? [{ type: 'ConnectionLinked', data: lifecycle(connection, changes) }]
        : [];
    case 'lost':
    case 'refused': {
      if (target === connection.state && connection.reason?.code === observation.reason.code) return [];
      if (alreadyWithdrawn(connection)) return [];
      const data = lifecycle(connection, { ...changes, reason: observation.reason });
      return [target === 'not_found' ? { type: 'ConnectionNotFound', data } : { type: 'ConnectionDisconnected', data }];
    }
  }
}

/** Being seen leads to discovered, and from there the standing intent leads on by itself, recorded as done by policy. */
function seen(observation: Extract<Observation, { kind: 'seen' }>, connection: Connection): readonly ConnectionEvent[] {
  const { record, events, now } = steps(connection);
  record({
    type: 'ConnectionDiscovered',
    data: {
      ...lifecycle(connection, { state: 'discovered', by: 'observation', observation: observation.number }),
      clusterUid: observation.clusterUid,
      ...(observation.clusterVersion === undefined ? {} : { clusterVersion: observation.clusterVersion }),
    },
  });
  for (const action of REAPPLY[connection.intent]) {
    const decision = intended({ kind: action, by: 'policy' }, now());
    if (decision.ok) for (const event of decision.value) record(event);
  }
  return events;
}

/**
 * What a person may ask of a connection and would change something by: what the machine has an entry for, without what is
 * so already.
 */
export const offeredActions = (connection: Connection): readonly ConnectionAction[] =>
  allowedActions(connection.state).filter((kind) => {
    const decision = intended({ kind, by: 'person' }, connection);
    return decision.ok && decision.value.length > 0;
  });

/** How a standing intent is reached from discovered. */
const REAPPLY: Readonly<Record<Intent, readonly ConnectionAction[]>> = {
  none: [],
  registered: ['register'],
  ignored: ['ignore'],
  maintenance: ['register', 'maintain'],
};
