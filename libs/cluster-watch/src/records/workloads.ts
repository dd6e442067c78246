import { asBoolean, asObject, asWord, at, given, type JsonObject } from '../json.ts';
import type { Condition, RecordBase, Selector } from './base.ts';
import { conditionsOf, countOf, each, some } from './fields.ts';
import { controlPlaneOf, type IstioControlPlane } from './istio/control-plane.ts';
import { matchLabelsOf } from './labels.ts';
import { mountRelations, podTemplateOf, type PodTemplate } from './pod-template.ts';
import type { Relation } from './relation.ts';
import { selectsPods, toService } from './relation-to.ts';

export interface Replicas {
  readonly desired?: number;
  readonly ready?: number;
  readonly available?: number;
  readonly updated?: number;
}

interface WorkloadBase extends RecordBase, PodTemplate {
  readonly replicas: Replicas;
  /** `matchLabels` only; left out where the selector has expressions. */
  readonly selector?: Selector;
  readonly conditions: readonly Condition[];
}

export interface DeploymentRecord extends WorkloadBase {
  readonly kind: 'Deployment';
  readonly paused?: boolean;
  /** There when it is istiod. */
  readonly istioControlPlane?: IstioControlPlane;
}

export interface StatefulSetRecord extends WorkloadBase {
  readonly kind: 'StatefulSet';
  readonly serviceName?: string;
  /** Names of the templates from which each pod gets claims of its own. */
  readonly claimTemplates?: readonly string[];
}

export interface DaemonSetRecord extends WorkloadBase {
  readonly kind: 'DaemonSet';
}

export interface ReplicaSetRecord extends WorkloadBase {
  readonly kind: 'ReplicaSet';
}

interface StatusFields {
  readonly ready: string;
  readonly available: string;
  readonly updated?: string;
}

const REPLICA_SET: StatusFields = { ready: 'readyReplicas', available: 'availableReplicas' };
const SET: StatusFields = { ...REPLICA_SET, updated: 'updatedReplicas' };
const DAEMON: StatusFields = { ready: 'numberReady', available: 'numberAvailable', updated: 'updatedNumberScheduled' };

/** A count that is nought is left out by the API server; where it wrote any status at all, a missing one is nought. */
const counted = (status: JsonObject | undefined, field: string | undefined): number | undefined =>
  field === undefined || status === undefined || Object.keys(status).length === 0
    ? undefined
    : status[field] === undefined
      ? 0
      : countOf(status[field]);

function common(object: JsonObject, desired: number | undefined, fields: StatusFields) {
  const status = asObject(object['status']);
  return {
    replicas: given({
      desired,
      ready: counted(status, fields.ready),
      available: counted(status, fields.available),
      updated: counted(status, fields.updated),
    }),
    ...podTemplateOf(at(object, 'spec', 'template', 'spec')),
    selector: matchLabelsOf(at(object, 'spec', 'selector')),
    conditions: conditionsOf(status),
  };
}

const desiredOf = (object: JsonObject): number | undefined => countOf(at(object, 'spec', 'replicas'));

export const deploymentRecord = (base: RecordBase, object: JsonObject): DeploymentRecord =>
  given({
    kind: 'Deployment',
    ...base,
    ...common(object, desiredOf(object), SET),
    paused: asBoolean(at(object, 'spec', 'paused')),
    istioControlPlane: controlPlaneOf(base.labels, at(object, 'spec', 'template', 'spec')),
  });

export const statefulSetRecord = (base: RecordBase, object: JsonObject): StatefulSetRecord =>
  given({
    kind: 'StatefulSet',
    ...base,
    ...common(object, desiredOf(object), SET),
    serviceName: asWord(at(object, 'spec', 'serviceName')),
    claimTemplates: some(
      each(at(object, 'spec', 'volumeClaimTemplates'), (item) => asWord(at(item, 'metadata', 'name'))),
    ),
  });

export const daemonSetRecord = (base: RecordBase, object: JsonObject): DaemonSetRecord =>
  given({
    kind: 'DaemonSet',
    ...base,
    ...common(object, countOf(at(object, 'status', 'desiredNumberScheduled')), DAEMON),
  });

export const replicaSetRecord = (base: RecordBase, object: JsonObject): ReplicaSetRecord =>
  given({ kind: 'ReplicaSet', ...base, ...common(object, desiredOf(object), REPLICA_SET) });

/** The pods that it counts as its own are those of its namespace with its labels. Source: Kubernetes API reference, `LabelSelector`. */
export const workloadRelations = (
  record: PodTemplate & { readonly namespace?: string; readonly selector?: Selector },
): readonly Relation[] => [
  ...(record.selector === undefined ? [] : [selectsPods(record.namespace, record.selector)]),
  ...mountRelations(record.namespace, record),
];

/** `serviceName` is the service in its own namespace that gives its pods their names. Source: Kubernetes API reference, `StatefulSetSpec`. */
export const statefulSetRelations = (record: StatefulSetRecord): readonly Relation[] => [
  ...workloadRelations(record),
  ...(record.serviceName === undefined ? [] : [toService('binds', record.namespace, record.serviceName)]),
];
