import { asObject, asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase } from '../base.ts';
import { countOf, each, keysOf, portOf, some, someWords, wordsOf } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { relationTo } from '../relation-to.ts';
import { toIstioHost } from './host.ts';

export interface IstioDestination {
  /** As it is written; `serviceOf` says what it means. */
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  /** Its share; left out where it is the only one, or stated nowhere. */
  readonly weight?: number;
}

/** What a request has to be like; header values are not kept: they may be credentials. */
export interface VirtualServiceMatch {
  /** E.g. `prefix /api`. */
  readonly uri?: string;
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly port?: number;
  readonly sniHosts?: readonly string[];
  /** Of the routes that only some proxies use. */
  readonly sourceLabels?: boolean;
  readonly gateways?: readonly string[];
}

export interface VirtualServiceRoute {
  readonly protocol: 'http' | 'tls' | 'tcp';
  readonly name?: string;
  readonly matches?: readonly VirtualServiceMatch[];
  readonly destinations: readonly IstioDestination[];
  readonly mirrors?: readonly IstioDestination[];
  /** Another virtual service that goes on with it. */
  readonly delegate?: { readonly name: string; readonly namespace?: string };
  /** What else is done to the traffic, by the names of the fields: `fault`, `redirect`, `retries`, `rewrite`, `timeout`, … */
  readonly features?: readonly string[];
}

export interface VirtualServiceRecord extends RecordBase {
  readonly kind: 'VirtualService';
  readonly hosts: readonly string[];
  /** As written: `mesh`, a name, or `namespace/name`; left out where it has the default, `mesh`. */
  readonly gateways?: readonly string[];
  readonly exportTo?: readonly string[];
  readonly routes: readonly VirtualServiceRoute[];
}

const FEATURES = [
  ...['corsPolicy', 'directResponse', 'fault', 'headers', 'redirect', 'retries', 'rewrite', 'timeout'],
] as const;

function destinationOf(destination: unknown, weight?: unknown): IstioDestination | undefined {
  const host = asWord(at(destination, 'host'));
  if (host === undefined) return undefined;
  return given({
    host,
    subset: asWord(at(destination, 'subset')),
    port: portOf(at(destination, 'port', 'number')),
    weight: countOf(weight),
  });
}

/** `exact`, `prefix` or `regex` of a `StringMatch`. */
function stringMatch(value: unknown): string | undefined {
  for (const how of ['exact', 'prefix', 'regex']) {
    const text = asWord(at(value, how));
    if (text !== undefined) return `${how} ${text}`;
  }
  return undefined;
}

const match = (item: unknown): VirtualServiceMatch =>
  given({
    uri: stringMatch(at(item, 'uri')),
    method: stringMatch(at(item, 'method')),
    headers: some(keysOf(at(item, 'headers'))),
    port: portOf(at(item, 'port')),
    sniHosts: someWords(at(item, 'sniHosts')),
    sourceLabels: asObject(at(item, 'sourceLabels')) === undefined ? undefined : true,
    gateways: someWords(at(item, 'gateways')),
  });

function mirrorsOf(item: unknown): readonly IstioDestination[] | undefined {
  const several = each(at(item, 'mirrors'), (mirror) => destinationOf(at(mirror, 'destination')));
  const single = destinationOf(at(item, 'mirror'));
  return some(single === undefined ? several : [single, ...several]);
}

function delegateOf(delegate: unknown): VirtualServiceRoute['delegate'] {
  const name = asWord(at(delegate, 'name'));
  return name === undefined ? undefined : given({ name, namespace: asWord(at(delegate, 'namespace')) });
}

const route = (protocol: VirtualServiceRoute['protocol']) => (item: unknown) =>
  given({
    protocol,
    name: asWord(at(item, 'name')),
    matches: some(each(at(item, 'match'), match)),
    destinations: each(at(item, 'route'), (one) => destinationOf(at(one, 'destination'), at(one, 'weight'))),
    mirrors: mirrorsOf(item),
    delegate: delegateOf(at(item, 'delegate')),
    features: some(FEATURES.filter((feature) => at(item, feature) !== undefined)),
  });

/** The same for `v1`, `v1beta1` and `v1alpha3`. */
export function virtualServiceRecord(base: RecordBase, { spec }: JsonObject): VirtualServiceRecord {
  const routes = (['http', 'tls', 'tcp'] as const).flatMap((protocol) => each(at(spec, protocol), route(protocol)));
  return given({
    kind: 'VirtualService',
    ...base,
    hosts: wordsOf(at(spec, 'hosts')),
    gateways: someWords(at(spec, 'gateways')),
    exportTo: someWords(at(spec, 'exportTo')),
    routes,
  });
}

/**
 * The gateway that a virtual service names: `namespace/name`, a name in its own namespace, or, as it was written long ago,
 * `name.namespace.svc.cluster.local`. The reserved word `mesh` means every sidecar, and leads nowhere.
 */
function toGateway(gateway: string, home: string | undefined): readonly Relation[] {
  if (gateway === 'mesh') return [];
  const [first = '', second] = gateway.split('/', 2);
  const [name = '', dotted] = second === undefined ? first.split('.') : [second];
  const namespace = second === undefined ? (dotted ?? home) : first === '.' ? home : first;
  return [relationTo('binds', { group: 'networking.istio.io', kind: 'Gateway', namespace, name })];
}

/** Its gateways, the hosts it sends traffic (or a copy of it) to, and what it delegates to. Source: Istio, reference "Virtual Service". */
export function virtualServiceRelations(record: VirtualServiceRecord): readonly Relation[] {
  const { namespace: home, gateways = [], routes } = record;
  return [
    ...gateways.flatMap((gateway) => toGateway(gateway, home)),
    ...routes.flatMap(({ destinations, mirrors = [], delegate }) => [
      ...[...destinations, ...mirrors].map(({ host }) => toIstioHost('routes-to', host, home)),
      ...(delegate === undefined
        ? []
        : [
            relationTo('routes-to', {
              ...{ group: 'networking.istio.io', kind: 'VirtualService', name: delegate.name },
              namespace: delegate.namespace ?? home,
            }),
          ]),
    ]),
  ];
}
