import { asBoolean, asWord, at, given, type JsonObject } from '../json.ts';
import type { Condition, RecordBase } from './base.ts';
import { conditionsOf, each, mapOf, some } from './fields.ts';
import { namespaceMesh, type NamespaceMesh } from './istio/namespace.ts';

export interface NamespaceRecord extends RecordBase {
  readonly kind: 'Namespace';
  readonly phase?: string;
  /** What its labels ask of Istio; left out where they ask for nothing. */
  readonly mesh?: NamespaceMesh;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
}

/** Region, zone and instance type are among the labels (`topology.kubernetes.io/region`, …); `placeOf` reads them. */
export interface NodeRecord extends RecordBase {
  readonly kind: 'Node';
  readonly conditions: readonly Condition[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly unschedulable?: boolean;
  readonly taints?: readonly Taint[];
  readonly kubeletVersion?: string;
  readonly containerRuntimeVersion?: string;
  readonly osImage?: string;
  readonly operatingSystem?: string;
  readonly architecture?: string;
  readonly providerId?: string;
  /** Kubernetes quantities as text, e.g. `{ cpu: '4', memory: '16Gi', pods: '110' }`. */
  readonly capacity: Readonly<Record<string, string>>;
}

export const namespaceRecord = (base: RecordBase, object: JsonObject): NamespaceRecord =>
  given({ kind: 'Namespace', ...base, phase: asWord(at(object, 'status', 'phase')), mesh: namespaceMesh(base.labels) });

function taint(item: unknown): Taint | undefined {
  const key = asWord(at(item, 'key'));
  return key === undefined
    ? undefined
    : given({ key, value: asWord(at(item, 'value')), effect: asWord(at(item, 'effect')) });
}

export function nodeRecord(base: RecordBase, object: JsonObject): NodeRecord {
  const status = object['status'];
  const info = at(status, 'nodeInfo');
  return given({
    kind: 'Node',
    ...base,
    conditions: conditionsOf(status),
    addresses: each(at(status, 'addresses'), (item) => {
      const type = asWord(at(item, 'type'));
      const address = asWord(at(item, 'address'));
      return type === undefined || address === undefined ? undefined : { type, address };
    }),
    unschedulable: asBoolean(at(object, 'spec', 'unschedulable')),
    taints: some(each(at(object, 'spec', 'taints'), taint)),
    kubeletVersion: asWord(at(info, 'kubeletVersion')),
    containerRuntimeVersion: asWord(at(info, 'containerRuntimeVersion')),
    osImage: asWord(at(info, 'osImage')),
    operatingSystem: asWord(at(info, 'operatingSystem')),
    architecture: asWord(at(info, 'architecture')),
    providerId: asWord(at(object, 'spec', 'providerID')),
    capacity: mapOf(at(status, 'capacity')),
  });
}
