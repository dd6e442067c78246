import { asBoolean, asObject, asWord, at, given, type JsonObject } from '../json.ts';
import type { RecordBase, Selector } from './base.ts';
import { each, mapOf, portOf, portOrName, some, someWords, wordsOf } from './fields.ts';
import { uidOf } from './metadata.ts';
import type { Relation } from './relation.ts';
import { relationTo, selectsPods, toHost, toService } from './relation-to.ts';

export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface ServiceRecord extends RecordBase {
  readonly kind: 'Service';
  readonly type?: string;
  /** `None` for a headless service. */
  readonly clusterIP?: string;
  /** Where it has several, of both families: every one. */
  readonly clusterIPs?: readonly string[];
  readonly externalName?: string;
  readonly externalIPs?: readonly string[];
  /** Addresses and host names given by a load balancer. */
  readonly ingress?: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly selector?: Selector;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly target?: { readonly kind: string; readonly name: string; readonly uid?: string };
}

export interface EndpointSliceRecord extends RecordBase {
  readonly kind: 'EndpointSlice';
  /** Name of the service, in the same namespace, whose endpoints these are. */
  readonly service?: string;
  readonly addressType?: string;
  readonly ports: readonly {
    readonly name?: string;
    readonly protocol?: string;
    readonly appProtocol?: string;
    readonly port?: number;
  }[];
  readonly endpoints: readonly Endpoint[];
}

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

function servicePort(item: unknown): ServicePort | undefined {
  const port = portOf(at(item, 'port'));
  if (port === undefined) return undefined;
  return given({
    name: asWord(at(item, 'name')),
    protocol: asWord(at(item, 'protocol')),
    appProtocol: asWord(at(item, 'appProtocol')),
    port,
    targetPort: portOrName(at(item, 'targetPort')),
    nodePort: portOf(at(item, 'nodePort')),
  });
}

/** What a load balancer gave, for services and ingresses alike. */
export const loadBalancerAddresses = (status: unknown): readonly string[] | undefined =>
  some(each(at(status, 'loadBalancer', 'ingress'), (item) => asWord(at(item, 'ip')) ?? asWord(at(item, 'hostname'))));

export function serviceRecord(base: RecordBase, { spec, status }: JsonObject): ServiceRecord {
  const clusterIPs = wordsOf(at(spec, 'clusterIPs'));
  return given({
    kind: 'Service',
    ...base,
    type: asWord(at(spec, 'type')),
    clusterIP: asWord(at(spec, 'clusterIP')),
    clusterIPs: clusterIPs.length > 1 ? clusterIPs : undefined,
    externalName: asWord(at(spec, 'externalName')),
    externalIPs: someWords(at(spec, 'externalIPs')),
    ingress: loadBalancerAddresses(status),
    ports: each(at(spec, 'ports'), servicePort),
    selector: asObject(at(spec, 'selector')) === undefined ? undefined : mapOf(at(spec, 'selector')),
  });
}

/** `v1beta1` has host name and zone in `topology`. */
function endpoint(item: unknown): Endpoint {
  const kind = asWord(at(item, 'targetRef', 'kind'));
  const name = asWord(at(item, 'targetRef', 'name'));
  const uid = uidOf(at(item, 'targetRef', 'uid'));
  return given({
    addresses: wordsOf(at(item, 'addresses')),
    ready: asBoolean(at(item, 'conditions', 'ready')),
    serving: asBoolean(at(item, 'conditions', 'serving')),
    terminating: asBoolean(at(item, 'conditions', 'terminating')),
    nodeName: asWord(at(item, 'nodeName')) ?? asWord(at(item, 'topology', 'kubernetes.io/hostname')),
    zone: asWord(at(item, 'zone')) ?? asWord(at(item, 'topology', 'topology.kubernetes.io/zone')),
    target: kind === undefined || name === undefined ? undefined : given({ kind, name, uid }),
  });
}

/** Endpoints in the order of their addresses: the controller's own order changes when nothing else does. */
export function endpointSliceRecord(base: RecordBase, object: JsonObject): EndpointSliceRecord {
  const first = ({ addresses }: Endpoint): string => addresses[0] ?? '';
  return given({
    kind: 'EndpointSlice',
    ...base,
    service: asWord(base.labels[SERVICE_NAME_LABEL]),
    addressType: asWord(object['addressType']),
    ports: each(object['ports'], (port) =>
      given({
        name: asWord(at(port, 'name')),
        protocol: asWord(at(port, 'protocol')),
        appProtocol: asWord(at(port, 'appProtocol')),
        port: portOf(at(port, 'port')),
      }),
    ),
    endpoints: [...each(object['endpoints'], endpoint)].sort((a, b) =>
      first(a) < first(b) ? -1 : first(a) > first(b) ? 1 : 0,
    ),
  });
}

/**
 * A service selects the pods of its namespace with all of its labels; without a selector, or with an empty one, nothing selects for it. One of
 * the type `ExternalName` leads to that name. Source: Kubernetes API reference, `ServiceSpec`.
 */
export function serviceRelations({ namespace, type, selector = {}, externalName }: ServiceRecord): readonly Relation[] {
  if (type === 'ExternalName') return externalName === undefined ? [] : [toHost('routes-to', externalName)];
  return Object.keys(selector).length === 0 ? [] : [selectsPods(namespace, selector)];
}

/** A slice belongs to the service that its label names, and leads to the objects behind its addresses. Source: Kubernetes, "EndpointSlices". */
export const endpointSliceRelations = ({ namespace, service, endpoints }: EndpointSliceRecord): readonly Relation[] => [
  ...(service === undefined ? [] : [toService('binds', namespace, service)]),
  ...endpoints.flatMap(({ target }) =>
    target === undefined ? [] : [relationTo('routes-to', { group: '', namespace, ...target })],
  ),
];
