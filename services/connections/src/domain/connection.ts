import type * as contracts from '@mooring/contracts';
import type { ConnectionState, Endpoint, FieldsOf, Intent, Link, ObservationNumber, Reason } from '@mooring/contracts';

/** An event of a connection's stream, by the names and fields that contracts declare. */
type Event<Name extends keyof typeof contracts> = (typeof contracts)[Name] extends contracts.EventType
  ? { readonly type: Name; readonly data: FieldsOf<(typeof contracts)[Name]> }
  : never;

export type ConnectionEvent =
  | Event<'ConnectionEntered'>
  | Event<'ConnectionDiscovered'>
  | Event<'ConnectionRegistered'>
  | Event<'ConnectionConnected'>
  | Event<'ConnectionIgnored'>
  | Event<'ConnectionPutInMaintenance'>
  | Event<'ConnectionDisconnected'>
  | Event<'ConnectionNotFound'>
  | Event<'ConnectionLinked'>
  | Event<'ConnectionDeleted'>
  | Event<'ProbeRequested'>
  | Event<'CredentialAttached'>;

/** Every type of {@link ConnectionEvent}; the compiler keeps it whole. */
const TYPES: Readonly<Record<ConnectionEvent['type'], true>> = {
  ConnectionEntered: true,
  ConnectionDiscovered: true,
  ConnectionRegistered: true,
  ConnectionConnected: true,
  ConnectionIgnored: true,
  ConnectionPutInMaintenance: true,
  ConnectionDisconnected: true,
  ConnectionNotFound: true,
  ConnectionLinked: true,
  ConnectionDeleted: true,
  ProbeRequested: true,
  CredentialAttached: true,
};
const KNOWN_TYPES: ReadonlySet<string> = new Set(Object.keys(TYPES));

export interface KnownCredential {
  readonly id: string;
  /** Names the way into the cluster: address, authority and credential together. */
  readonly accessId: string;
  /** Names the credential alone. */
  readonly fingerprint: string;
  readonly expiresAt?: string;
  readonly endpoint: Endpoint;
}

/** A connection that was entered: everything its stream says about it. */
export interface Connection {
  readonly status: 'known';
  readonly id: string;
  readonly name: string;
  readonly state: ConnectionState;
  readonly previousState: ConnectionState | null;
  readonly intent: Intent;
  /** Whether data flows: never so far, now, or not any more. */
  readonly link: Link;
  /** How many intents were decided; an observation made under an older one is void. */
  readonly decision: number;
  /** The highest observation that left a trace. */
  readonly observation?: ObservationNumber;
  readonly reason?: Reason;
  readonly clusterUid?: string;
  readonly clusterVersion?: string;
  /** Newest first. Discovery uses the one that may read most, the newest of equals. */
  readonly credentials: readonly [KnownCredential, ...KnownCredential[]];
  readonly importId?: string;
  readonly supersededBy?: string;
}

/** What a connection's stream folds to. A stream that does not exist is a connection that nobody knows. */
export type ConnectionFold = { readonly status: 'unknown' } | Connection;

export const UNKNOWN: ConnectionFold = { status: 'unknown' };

const credentialOf = (
  data: FieldsOf<typeof contracts.ConnectionEntered> | FieldsOf<typeof contracts.CredentialAttached>,
): KnownCredential => ({
  id: data.credentialId,
  accessId: data.accessId,
  fingerprint: data.fingerprint,
  endpoint: data.endpoint,
  ...(data.credentialExpiresAt === undefined ? {} : { expiresAt: data.credentialExpiresAt }),
});

/** What the link is after an event: only data that flows brings it up, and whatever stops the flow brings it down. */
function linkAfter(event: ConnectionEvent, link: Link): Link {
  switch (event.type) {
    case 'ConnectionConnected':
    case 'ConnectionLinked':
      return 'up';
    case 'ConnectionIgnored':
    case 'ConnectionDisconnected':
    case 'ConnectionNotFound':
    case 'ConnectionDeleted':
      return link === 'up' ? 'down' : link;
    default:
      return link;
  }
}

/** A reason belongs to the event that gave it, and ends with the next one. */
function withoutReason(connection: Connection): Connection {
  const copy: { -readonly [Key in keyof Connection]: Connection[Key] } = { ...connection };
  delete copy.reason;
  return copy;
}

/**
 * The connection after one more event. Never fails: a stored event is a fact, and one that nobody knows
 * (from a newer version of this service) leaves the state as it was.
 */
export function evolve(before: ConnectionFold, event: ConnectionEvent): ConnectionFold {
  if (event.type === 'ConnectionEntered') {
    const { connectionId, name, state, intent, decision, reason, importId } = event.data;
    return {
      status: 'known',
      id: connectionId,
      name,
      state,
      previousState: null,
      intent,
      link: 'never',
      decision,
      credentials: [credentialOf(event.data)],
      ...(reason === undefined ? {} : { reason }),
      ...(importId === undefined ? {} : { importId }),
    };
  }
  if (before.status === 'unknown' || !KNOWN_TYPES.has(event.type)) return before;

  const { state, intent, decision, reason, observation } = event.data;
  const after: Connection = {
    ...withoutReason(before),
    state,
    previousState: state === before.state ? before.previousState : before.state,
    intent,
    decision,
    link: linkAfter(event, before.link),
    ...(reason === undefined ? {} : { reason }),
    ...(observation === undefined ? {} : { observation }),
  };
  switch (event.type) {
    case 'ConnectionDiscovered': {
      const { clusterUid, clusterVersion } = event.data;
      return { ...after, clusterUid, ...(clusterVersion === undefined ? {} : { clusterVersion }) };
    }
    case 'CredentialAttached':
      return {
        ...after,
        credentials: [
          credentialOf(event.data),
          ...before.credentials.filter(({ id }) => id !== event.data.credentialId),
        ],
      };
    case 'ConnectionDeleted':
      return { ...after, ...(event.data.supersededBy === undefined ? {} : { supersededBy: event.data.supersededBy }) };
    default:
      return after;
  }
}
