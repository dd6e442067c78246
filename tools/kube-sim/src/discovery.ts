import { createHash } from 'node:crypto';
import type { FaultRules } from './fault-rules.ts';
import type { TypeRegistry } from './type-registry.ts';
import { apiVersionOf, type SimulatedType } from './types.ts';

export interface DiscoveryAnswer {
  readonly status: number;
  readonly body: object;
  readonly type: string;
  readonly etag?: string;
}

const CORE = { name: '', versions: ['v1'] } as const;

interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

const NOT_SUBRESOURCED = new Set(['componentstatuses', 'configmaps', 'secrets', 'events', 'endpoints', 'leases']);
/** A few subresources, so that a reader has something to leave out. */
const subresourcesOf = ({ resource, verbs }: SimulatedType): readonly string[] => {
  if (!verbs.includes('watch') || NOT_SUBRESOURCED.has(resource)) return [];
  return resource === 'pods' ? ['log', 'status'] : ['status'];
};

/** A real server leaves group and version empty for its own types, and says them for custom ones. */
const responseKindOf = ({ group, kind, origin }: SimulatedType, version: string): object =>
  origin === 'builtin' ? { group: '', version: '', kind } : { group, version, kind };

const scoped = ({ namespaced }: SimulatedType): string => (namespaced ? 'Namespaced' : 'Cluster');

/** The documents by which an API server tells what it serves, plain and aggregated. */
export function createDiscovery(registry: TypeRegistry, rules: Pick<FaultRules, 'isStale'>) {
  const typesOf = ({ name }: Group, version: string): readonly SimulatedType[] =>
    registry.types.filter((type) => type.group === name && type.versions.includes(version));

  const aggregatedGroup = (group: Group): object => ({
    metadata: group.name === '' ? {} : { name: group.name },
    versions: group.versions.map((version) => ({
      version,
      resources: typesOf(group, version).map((type) => ({
        resource: type.resource,
        responseKind: responseKindOf(type, version),
        scope: scoped(type),
        singularResource: type.kind.toLowerCase(),
        verbs: type.verbs,
        ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
        subresources: subresourcesOf(type).map((subresource) => ({
          subresource,
          responseKind: responseKindOf(type, version),
          verbs: ['get', 'patch', 'update'],
        })),
      })),
      freshness: rules.isStale(group.name) ? 'Stale' : 'Current',
    })),
  });
  const plainResources = (type: SimulatedType): readonly object[] => {
    const { kind, namespaced } = type;
    const whole = { name: type.resource, singularName: kind.toLowerCase(), namespaced, kind, verbs: type.verbs };
    return [
      type.shortNames.length === 0 ? whole : { ...whole, shortNames: type.shortNames },
      ...subresourcesOf(type).map((subresource) => ({
        name: `${type.resource}/${subresource}`,
        singularName: '',
        namespaced,
        kind,
        verbs: ['get', 'patch', 'update'],
      })),
    ];
  };
  const resourceList = (group: Group, version: string): object => ({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group.name, version),
    resources: typesOf(group, version).flatMap(plainResources),
  });
  const groupDocument = ({ name, versions }: Group): object => {
    const named = versions.map((version) => ({ groupVersion: apiVersionOf(name, version), version }));
    return { name, versions: named, preferredVersion: named[0] };
  };
  const plain = (path: string): object | undefined => {
    if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
    if (path === '/apis')
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: registry.groups().map(groupDocument) };
    if (path === '/api/v1') return resourceList(CORE, 'v1');
    const [, name, version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    const group = registry.groups().find((each) => each.name === name);
    if (group === undefined) return undefined;
    if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
    return group.versions.includes(version) ? resourceList(group, version) : undefined;
  };

  return (path: string, accept: string): DiscoveryAnswer | undefined => {
    const wanted = /application\/json;[^,]*\bas=APIGroupDiscoveryList\b/.exec(accept)?.[0] ?? '';
    const isAggregated = /\bv=v2\b/.test(wanted);
    if (isAggregated && (path === '/api' || path === '/apis')) {
      const groups = path === '/api' ? [CORE] : registry.groups();
      const body = {
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        metadata: {},
        items: groups.map(aggregatedGroup),
      };
      const etag = createHash('sha512').update(JSON.stringify(body)).digest('hex').toUpperCase();
      return {
        status: 200,
        body,
        type: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        etag: `"${etag}"`,
      };
    }
    const body = plain(path);
    return body === undefined ? undefined : { status: 200, body, type: 'application/json' };
  };
}
