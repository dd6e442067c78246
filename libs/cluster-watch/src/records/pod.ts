import { asBoolean, asList, asWord, at, given, type JsonObject } from '../json.ts';
import type { Condition, RecordBase } from './base.ts';
import { conditionsOf, each, some, sumOf } from './fields.ts';
import { istioProxyOf, type IstioProxy } from './istio/proxy.ts';
import { containersOf, mountRelations, podTemplateOf, type Container, type PodTemplate } from './pod-template.ts';
import type { Relation } from './relation.ts';
import { relationTo } from './relation-to.ts';

export interface PodRecord extends RecordBase, PodTemplate {
  readonly kind: 'Pod';
  readonly phase?: string;
  readonly node?: string;
  readonly ip?: string;
  /** Where it has several, of both families: every one. */
  readonly ips?: readonly string[];
  readonly hostNetwork?: boolean;
  readonly containers?: readonly Container[];
  /** Whether the condition `Ready` is true; left out where the cluster does not say. */
  readonly ready?: boolean;
  /** Sum over the main containers. */
  readonly restarts?: number;
  /** Why it is not well: the reason of the pod, else of a waiting or terminated container. */
  readonly reason?: string;
  /** How it takes part in an Istio mesh; left out where its containers cannot be read. */
  readonly istioProxy?: IstioProxy;
  readonly conditions: readonly Condition[];
}

/** Words for a pod that is well, or only on its way; they explain nothing. */
const UNREMARKABLE = new Set(['Completed', 'ContainerCreating', 'PodInitializing']);

function reasonOf(status: unknown, containers: readonly unknown[]): string | undefined {
  const own = asWord(at(status, 'reason'));
  if (own !== undefined) return own;
  return containers
    .flatMap(
      (item) =>
        asWord(at(item, 'state', 'waiting', 'reason')) ?? asWord(at(item, 'state', 'terminated', 'reason')) ?? [],
    )
    .find((reason) => !UNREMARKABLE.has(reason));
}

function readyOf(conditions: readonly Condition[]): boolean | undefined {
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  return ready === 'True' ? true : ready === 'False' ? false : undefined;
}

export function podRecord(base: RecordBase, object: JsonObject): PodRecord {
  const { spec, status } = object;
  const conditions = conditionsOf(status);
  const mains = asList(at(status, 'containerStatuses'));
  const all = [...asList(at(status, 'initContainerStatuses')), ...mains];
  const ips = each(at(status, 'podIPs'), (item) => asWord(at(item, 'ip')));
  return given({
    kind: 'Pod',
    ...base,
    phase: asWord(at(status, 'phase')),
    node: asWord(at(spec, 'nodeName')),
    ip: asWord(at(status, 'podIP')),
    ips: ips.length > 1 ? ips : undefined,
    hostNetwork: asBoolean(at(spec, 'hostNetwork')),
    ...podTemplateOf(spec, base.name),
    containers: some(containersOf(spec)),
    ready: readyOf(conditions),
    restarts: sumOf(mains.map((item) => at(item, 'restartCount'))),
    reason: reasonOf(status, all),
    istioProxy: istioProxyOf(object),
    conditions,
  });
}

/** Where it runs and what it mounts. Source: Kubernetes API reference, `PodSpec`. */
export const podRelations = (pod: PodRecord): readonly Relation[] => [
  ...(pod.node === undefined ? [] : [relationTo('runs-on', { group: '', kind: 'Node', name: pod.node })]),
  ...mountRelations(pod.namespace, pod),
];
