import { asWord, at, given, type JsonObject } from '../json.ts';
import type { RecordBase } from './base.ts';
import { each, portOrName, some, wordsOf } from './fields.ts';
import { loadBalancerAddresses } from './network.ts';
import type { Relation } from './relation.ts';
import { relationTo, toService } from './relation-to.ts';

/** A service with one of its ports, or another object of the same namespace. */
export type IngressBackend =
  | { readonly service: string; readonly port?: number | string }
  | { readonly resource: { readonly group: string; readonly kind: string; readonly name: string } };

export interface IngressPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend?: IngressBackend;
}

export interface IngressRule {
  /** Left out for every host. */
  readonly host?: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressRecord extends RecordBase {
  readonly kind: 'Ingress';
  readonly className?: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules: readonly IngressRule[];
  readonly tls?: readonly { readonly hosts: readonly string[]; readonly secret?: string }[];
  /** Addresses and host names given by a load balancer. */
  readonly addresses?: readonly string[];
}

/** Before `spec.ingressClassName` there was an annotation, which some still write. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** `v1` has `service.name` and `service.port`, `v1beta1` has `serviceName` and `servicePort`. */
function backendOf(value: unknown): IngressBackend | undefined {
  const service = asWord(at(value, 'service', 'name')) ?? asWord(at(value, 'serviceName'));
  if (service !== undefined) {
    const port = at(value, 'service', 'port');
    return given({ service, port: portOrName(at(port, 'number') ?? at(port, 'name') ?? at(value, 'servicePort')) });
  }
  const kind = asWord(at(value, 'resource', 'kind'));
  const name = asWord(at(value, 'resource', 'name'));
  if (kind === undefined || name === undefined) return undefined;
  return { resource: { group: asWord(at(value, 'resource', 'apiGroup')) ?? '', kind, name } };
}

const rule = (item: unknown): IngressRule =>
  given({
    host: asWord(at(item, 'host')),
    paths: each(at(item, 'http', 'paths'), (path) =>
      given({
        path: asWord(at(path, 'path')),
        pathType: asWord(at(path, 'pathType')),
        backend: backendOf(at(path, 'backend')),
      }),
    ),
  });

export function ingressRecord(base: RecordBase, { metadata, spec, status }: JsonObject): IngressRecord {
  return given({
    kind: 'Ingress',
    ...base,
    className: asWord(at(spec, 'ingressClassName')) ?? asWord(at(metadata, 'annotations', CLASS_ANNOTATION)),
    defaultBackend: backendOf(at(spec, 'defaultBackend') ?? at(spec, 'backend')),
    rules: each(at(spec, 'rules'), rule),
    tls: some(
      each(at(spec, 'tls'), (item) =>
        given({ hosts: wordsOf(at(item, 'hosts')), secret: asWord(at(item, 'secretName')) }),
      ),
    ),
    addresses: loadBalancerAddresses(status),
  });
}

const toBackend = (namespace: string | undefined, backend: IngressBackend): Relation =>
  'service' in backend
    ? toService('routes-to', namespace, backend.service)
    : relationTo('routes-to', { ...backend.resource, namespace });

/** Backends and secrets are those of its own namespace; the class belongs to none. Source: Kubernetes API reference, `IngressSpec`. */
export function ingressRelations(record: IngressRecord): readonly Relation[] {
  const { namespace, className, defaultBackend, rules, tls = [] } = record;
  const backends = [defaultBackend, ...rules.flatMap(({ paths }) => paths.map(({ backend }) => backend))];
  return [
    ...(className === undefined
      ? []
      : [relationTo('binds', { group: 'networking.k8s.io', kind: 'IngressClass', name: className })]),
    ...backends.flatMap((backend) => (backend === undefined ? [] : [toBackend(namespace, backend)])),
    ...tls.flatMap(({ secret }) =>
      secret === undefined ? [] : [relationTo('mounts', { group: '', kind: 'Secret', namespace, name: secret })],
    ),
  ];
}
