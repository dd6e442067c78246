import type { Relation } from '../relation.ts';
import { toHost, toService, type RelationKind } from '../relation-to.ts';

const SHORT = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)\.([a-z0-9]([-a-z0-9]*[a-z0-9])?)\.svc\.cluster\.local$/;

/** The service that a host means, or nothing where it means none that is certain. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What a `host` of Istio means in a resource of `namespace`. A name without a dot is a service of that very namespace, not of the one that the
 * rule is about; `name.namespace.svc.cluster.local` is that service. Everything else stays a host: a wildcard, an address, a name outside of the
 * cluster, a cluster with another domain (which no resource says), and `name.namespace`, which Istio does not expand.
 * Source: Istio, reference "Destination" and "Virtual Service" (host), "Destination Rule" (host).
 */
export function serviceOf(host: string, namespace: string | undefined): ServiceName | undefined {
  if (SHORT.test(host)) return namespace === undefined ? undefined : { namespace, name: host };
  const [, name, , home] = SERVICE.exec(host) ?? [];
  return name === undefined || home === undefined ? undefined : { namespace: home, name };
}

export function toIstioHost(relation: RelationKind, host: string, namespace: string | undefined): Relation {
  const service = serviceOf(host, namespace);
  return service === undefined ? toHost(relation, host) : toService(relation, service.namespace, service.name);
}
