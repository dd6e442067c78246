import { asList, asObject, asText, asWord, at, parseObject } from './json.ts';
import { depthOf } from './records/slim.ts';
import { groupResourceOf, type GroupResource, type ResourceType } from './resource-type.ts';

/** The types that a cluster serves, as far as it can be said. */
export interface Catalog {
  /** Every type that can be listed and watched, in its preferred version, by its group and name. */
  readonly types: ReadonlyMap<GroupResource, ResourceType>;
  /**
   * Groups whose types are not all known now, because what serves them is away, or because they are too many: nothing follows from a type of
   * theirs that is not in `types`.
   */
  readonly staleGroups: ReadonlySet<string>;
}

/** More than this is no API server any more: the groups of those left out are told as not known. */
const TYPES_MAX = 5000;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const KIND = /^[A-Za-z][A-Za-z0-9]{0,252}$/;

/** What makes the workloads tier. */
const WORKLOADS: ReadonlySet<GroupResource> = new Set([
  'namespaces',
  'nodes',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
]);

interface Served {
  readonly group: string;
  readonly version: string;
  readonly resource: string | undefined;
  readonly kind: string | undefined;
  readonly namespaced: boolean;
  readonly verbs: readonly unknown[];
}

function typeOf({ group, version, resource, kind, namespaced, verbs }: Served): ResourceType | undefined {
  const isNamed = resource !== undefined && NAME.test(resource) && kind !== undefined && KIND.test(kind);
  const isPlaced = (group === '' || NAME.test(group)) && NAME.test(version);
  if (!isNamed || !isPlaced || !verbs.includes('list') || !verbs.includes('watch')) return undefined;
  const groupResource = groupResourceOf(group, resource);
  const tier = WORKLOADS.has(groupResource) ? 'workloads' : 'everything';
  return { groupResource, group, version, resource, kind, namespaced, tier, depth: depthOf(groupResource) };
}

/** Collects types; the first version in which one is found is the preferred one. */
function createCollection() {
  const types = new Map<GroupResource, ResourceType>();
  const staleGroups = new Set<string>();
  return {
    types,
    staleGroups,
    add(served: Served): void {
      const type = typeOf(served);
      if (type === undefined || types.has(type.groupResource)) return;
      if (types.size < TYPES_MAX) types.set(type.groupResource, type);
      else staleGroups.add(type.group);
    },
  };
}

/** From aggregated documents (`APIGroupDiscoveryList`), that of `/api` and that of `/apis`; `undefined` when one is something else. */
export function catalogOfAggregated(documents: readonly string[]): Catalog | undefined {
  const collection = createCollection();
  for (const text of documents) {
    const document = parseObject(text);
    if (at(document, 'kind') !== 'APIGroupDiscoveryList') return undefined;
    for (const item of asList(at(document, 'items'))) {
      const group = asText(at(item, 'metadata', 'name')) ?? '';
      for (const each of asList(at(item, 'versions'))) {
        const version = asWord(at(each, 'version')) ?? '';
        if (at(each, 'freshness') === 'Stale') collection.staleGroups.add(group);
        else
          for (const resource of asList(at(each, 'resources')))
            collection.add({
              ...{ group, version, resource: asWord(at(resource, 'resource')) },
              kind: asWord(at(resource, 'responseKind', 'kind')),
              namespaced: at(resource, 'scope') === 'Namespaced',
              verbs: asList(at(resource, 'verbs')),
            });
      }
    }
  }
  return collection;
}

/** A version of a group, and where its types are told. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly path: string;
}

/** From an `APIGroupList`, the preferred version of each group first; `undefined` when the text is something else. */
export function groupVersionsOf(text: string): readonly GroupVersion[] | undefined {
  const document = parseObject(text);
  if (at(document, 'kind') !== 'APIGroupList') return undefined;
  return asList(at(document, 'groups')).flatMap((each) => {
    const group = asWord(at(each, 'name'));
    if (group === undefined || !NAME.test(group)) return [];
    const preferred = asWord(at(each, 'preferredVersion', 'version'));
    const versions = asList(at(each, 'versions')).flatMap((version) => asWord(at(version, 'version')) ?? []);
    const inOrder = [...new Set([...(preferred === undefined ? [] : [preferred]), ...versions])];
    return inOrder
      .filter((version) => NAME.test(version))
      .map((version) => ({ group, version, path: `/apis/${group}/${version}` }));
  });
}

/** From one document (`APIResourceList`) per version of each group, in their order; without text where it could not be read. */
export function catalogOfPlain(
  documents: readonly { readonly from: GroupVersion; readonly text: string | undefined }[],
): Catalog {
  const collection = createCollection();
  for (const { from, text } of documents) {
    const document = text === undefined ? undefined : parseObject(text);
    if (at(document, 'kind') !== 'APIResourceList') collection.staleGroups.add(from.group);
    for (const each of asList(at(document, 'resources'))) {
      const resource = asObject(each);
      collection.add({
        ...{ group: from.group, version: from.version, resource: asWord(resource?.['name']) },
        kind: asWord(resource?.['kind']),
        namespaced: resource?.['namespaced'] === true,
        verbs: asList(resource?.['verbs']),
      });
    }
  }
  return collection;
}
