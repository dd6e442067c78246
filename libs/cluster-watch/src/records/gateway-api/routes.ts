import { asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase } from '../base.ts';
import { each, some, someWords } from '../fields.ts';
import type { Relation } from '../relation.ts';
import {
  backendOf,
  parentOf,
  parentStatusesOf,
  toReference,
  type BackendReference,
  type ParentReference,
  type ParentStatus,
} from './references.ts';

export type RouteKind = 'GRPCRoute' | 'HTTPRoute' | 'TCPRoute' | 'TLSRoute' | 'UDPRoute';

/** What a request has to be like; conditions of one match all hold. Header values are not kept: they may be credentials. */
export interface RouteMatch {
  /** E.g. `PathPrefix`; left out where it has the default. */
  readonly pathType?: string;
  readonly path?: string;
  /** Of HTTP. */
  readonly method?: string;
  /** Of gRPC. */
  readonly grpcService?: string;
  readonly grpcMethod?: string;
  readonly headers?: readonly string[];
  readonly queryParams?: readonly string[];
}

export interface RouteRule {
  readonly name?: string;
  /** Any of them. */
  readonly matches?: readonly RouteMatch[];
  /** Where the traffic goes, by weight. */
  readonly backends: readonly BackendReference[];
  /** Where a copy of it goes. */
  readonly mirrors?: readonly BackendReference[];
  /** Types of the filters, e.g. `RequestRedirect`. */
  readonly filters?: readonly string[];
}

/** The five kinds of routes of the Gateway API have one shape; hostnames and matches are there for those that know them. */
export interface RouteRecord extends RecordBase {
  readonly kind: RouteKind;
  readonly parents: readonly ParentReference[];
  readonly hostnames?: readonly string[];
  readonly rules: readonly RouteRule[];
  readonly statuses?: readonly ParentStatus[];
}

const namesOf = (list: unknown): readonly string[] | undefined => some(each(list, (item) => asWord(at(item, 'name'))));

/** `method` is a word in an HTTPRoute and an object in a GRPCRoute. */
const match = (item: unknown): RouteMatch =>
  given({
    pathType: asWord(at(item, 'path', 'type')),
    path: asWord(at(item, 'path', 'value')),
    method: asWord(at(item, 'method')),
    grpcService: asWord(at(item, 'method', 'service')),
    grpcMethod: asWord(at(item, 'method', 'method')),
    headers: namesOf(at(item, 'headers')),
    queryParams: namesOf(at(item, 'queryParams')),
  });

const rule = (item: unknown): RouteRule =>
  given({
    name: asWord(at(item, 'name')),
    matches: some(each(at(item, 'matches'), match)),
    backends: each(at(item, 'backendRefs'), backendOf),
    mirrors: some(each(at(item, 'filters'), (filter) => backendOf(at(filter, 'requestMirror', 'backendRef')))),
    filters: some(each(at(item, 'filters'), (filter) => asWord(at(filter, 'type')))),
  });

/** The same for every served version from `v1alpha2` on. */
export const routeRecord =
  (kind: RouteKind) =>
  (base: RecordBase, { spec, status }: JsonObject): RouteRecord =>
    given({
      kind,
      ...base,
      parents: each(at(spec, 'parentRefs'), parentOf),
      hostnames: someWords(at(spec, 'hostnames')),
      rules: each(at(spec, 'rules'), rule),
      statuses: parentStatusesOf(status),
    });

/**
 * A route attaches to its parents, gateways as a rule or a service (of a mesh), and leads to its backends and mirrors. Whether a parent took it in,
 * and whether a grant allows a backend of another namespace, is in the statuses. Source: Gateway API specification, `CommonRouteSpec`,
 * `BackendObjectReference`, `HTTPRequestMirrorFilter`.
 */
export const routeRelations = ({ namespace, parents, rules }: RouteRecord): readonly Relation[] => [
  ...parents.map((parent) => toReference('binds', namespace, parent)),
  ...rules.flatMap(({ backends, mirrors = [] }) =>
    [...backends, ...mirrors].map((backend) => toReference('routes-to', namespace, backend)),
  ),
];
