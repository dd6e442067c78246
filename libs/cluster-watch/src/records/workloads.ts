import { asNumber, asObject, asWord, at, given, type JsonObject } from '../json.ts';
import { conditionsOf, imagesOf, matchLabelsOf } from './parts.ts';
import type { DaemonSetRecord, DeploymentRecord, RecordBase, StatefulSetRecord } from './record.ts';

interface StatusFields {
  readonly ready: string;
  readonly available: string;
  readonly updated: string;
}

const SET: StatusFields = { ready: 'readyReplicas', available: 'availableReplicas', updated: 'updatedReplicas' };
const DAEMON: StatusFields = { ready: 'numberReady', available: 'numberAvailable', updated: 'updatedNumberScheduled' };

/** A count that is nought is left out by the API server; where it wrote any status at all, a missing one is nought. */
const counted = (status: JsonObject | undefined, field: string): number | undefined =>
  status === undefined || Object.keys(status).length === 0 ? undefined : (asNumber(status[field]) ?? 0);

function common(object: JsonObject, desired: number | undefined, fields: StatusFields) {
  const status = asObject(object['status']);
  return {
    replicas: given({
      desired,
      ready: counted(status, fields.ready),
      available: counted(status, fields.available),
      updated: counted(status, fields.updated),
    }),
    images: imagesOf(at(object, 'spec', 'template', 'spec')),
    selector: matchLabelsOf(at(object, 'spec', 'selector')),
    conditions: conditionsOf(status),
  };
}

export const deploymentRecord = (base: RecordBase, object: JsonObject): DeploymentRecord =>
  given({ kind: 'Deployment', ...base, ...common(object, asNumber(at(object, 'spec', 'replicas')), SET) });

export const statefulSetRecord = (base: RecordBase, object: JsonObject): StatefulSetRecord =>
  given({
    kind: 'StatefulSet',
    ...base,
    ...common(object, asNumber(at(object, 'spec', 'replicas')), SET),
    serviceName: asWord(at(object, 'spec', 'serviceName')),
  });

export const daemonSetRecord = (base: RecordBase, object: JsonObject): DaemonSetRecord =>
  given({
    kind: 'DaemonSet',
    ...base,
    ...common(object, asNumber(at(object, 'status', 'desiredNumberScheduled')), DAEMON),
  });
