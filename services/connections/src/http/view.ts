import type { ConnectionView } from '@mooring/contracts';
import { offeredActions } from '../domain/connection.decide.ts';
import type { Connection } from '../domain/connection.ts';

/** A connection as the API shows it: its fold, and what the store knows of when. */
export function toView(
  connection: Connection,
  { revision, enteredAt, changedAt }: { readonly revision: bigint; readonly enteredAt: Date; readonly changedAt: Date },
): ConnectionView {
  const [credential, ...alternatives] = connection.credentials;
  return {
    id: connection.id,
    name: connection.name,
    kind: 'kubernetes',
    state: connection.state,
    intent: connection.intent,
    link: connection.link,
    ...(connection.reason === undefined ? {} : { reason: connection.reason }),
    endpoint: credential.endpoint,
    ...(connection.clusterUid === undefined ? {} : { clusterUid: connection.clusterUid }),
    ...(connection.clusterVersion === undefined ? {} : { clusterVersion: connection.clusterVersion }),
    credential: {
      id: credential.id,
      fingerprint: credential.fingerprint,
      ...(credential.expiresAt === undefined ? {} : { expiresAt: credential.expiresAt }),
      alternatives: alternatives.length,
    },
    ...(connection.importId === undefined ? {} : { importId: connection.importId }),
    ...(connection.supersededBy === undefined ? {} : { supersededBy: connection.supersededBy }),
    revision: revision.toString(),
    decision: connection.decision,
    enteredAt: enteredAt.toISOString(),
    changedAt: changedAt.toISOString(),
    allowedActions: [...offeredActions(connection)],
  };
}
