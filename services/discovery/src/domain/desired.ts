import type {
  CloudEvent,
  ConnectionDiscovered,
  ConnectionEntered,
  ConnectionState,
  CredentialAttached,
  FieldsOf,
  Intent,
  ProbeRequested,
  Reason,
} from '@mooring/contracts';

type Lifecycle = FieldsOf<typeof ProbeRequested>;
type Entered = FieldsOf<typeof ConnectionEntered>;
type Attached = FieldsOf<typeof CredentialAttached>;
type Discovered = FieldsOf<typeof ConnectionDiscovered>;

/** What an event of a connection says, by the parts that only some of them have. */
export type ConnectionFact = Lifecycle &
  Partial<Pick<Entered & Attached, 'credentialId' | 'endpoint'>> &
  Partial<Pick<Discovered, 'clusterUid'>>;

/** The event that brought a connection to where it is; what is observed because of it carries its operation on. */
export interface Cause {
  readonly eventId: string;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly userId?: string;
}

export interface DesiredCredential {
  readonly id: string;
  /** Revision of the event that brought it. */
  readonly sequence: number;
}

/** What should be so about one connection, as far as its events say. */
export interface Desired {
  readonly connectionId: string;
  readonly name: string;
  readonly state: ConnectionState;
  readonly intent: Intent;
  readonly decision: number;
  /** Revision of the newest event heard. */
  readonly sequence: number;
  /** Whether it is disconnected because somebody decided so, not because of what was seen. */
  readonly withdrawn: boolean;
  readonly reason?: Reason;
  readonly server?: string;
  /** Newest first. */
  readonly credentials: readonly DesiredCredential[];
  readonly clusterUid?: string;
  readonly cause: Cause;
}

/**
 * The desired state after one more event of its connection. Pure and total, and the same in every order: what every event
 * says is taken from the newest one, what only some say (a credential, the cluster's UID) is kept from whichever said it.
 */
export function project(before: Desired | undefined, event: CloudEvent<ConnectionFact>): Desired {
  const { data } = event;
  const sequence = Number(event.sequence);
  const newest = before === undefined || sequence > before.sequence ? lifecycleOf(before, event, sequence) : before;
  const credentials = withCredential(before?.credentials ?? [], data.credentialId, sequence);
  const clusterUid = data.clusterUid ?? before?.clusterUid;
  const server = (credentials[0]?.sequence === sequence ? data.endpoint?.server : undefined) ?? before?.server;
  return {
    ...newest,
    credentials: newest.state === 'deleted' ? [] : credentials,
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(server === undefined ? {} : { server }),
  };
}

function lifecycleOf(
  before: Desired | undefined,
  { id, correlationid, traceparent, userid, data }: CloudEvent<ConnectionFact>,
  sequence: number,
): Omit<Desired, 'credentials'> {
  const { connectionId, name, state, previousState, intent, decision, by, reason } = data;
  // An event that leaves the state as it is says nothing about who brought it there, unless nothing is known before.
  const keeps = before?.state === 'disconnected' && state === 'disconnected' && previousState === state;
  return {
    connectionId,
    name,
    state,
    intent,
    decision,
    sequence,
    withdrawn:
      state === 'disconnected' && intent === 'none' && (keeps ? isStillWithdrawn(before, by) : by !== 'observation'),
    ...(reason === undefined ? {} : { reason }),
    cause: {
      eventId: id,
      correlationId: correlationid,
      traceparent,
      ...(userid === undefined ? {} : { userId: userid }),
    },
  };
}

/** A person may withdraw the intent of what is away already; nothing else changes who withdrew it. */
const isStillWithdrawn = (before: Desired, by: Lifecycle['by']): boolean => by === 'person' || before.withdrawn;

function withCredential(
  known: readonly DesiredCredential[],
  id: string | undefined,
  sequence: number,
): readonly DesiredCredential[] {
  if (id === undefined) return known;
  const earlier = known.find((credential) => credential.id === id);
  if (earlier !== undefined && earlier.sequence >= sequence) return known;
  return [...known.filter((credential) => credential.id !== id), { id, sequence }].sort(
    (a, b) => b.sequence - a.sequence,
  );
}
