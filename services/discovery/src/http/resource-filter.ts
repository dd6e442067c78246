import type { ResourceFacet, ResourceFacetsQuery, ResourceListQuery, ResourceState } from '@mooring/contracts';
import type { LabelSelector, ResourceFilter } from '../domain/resource-search.ts';

const partsOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.split(',').map((part) => part.trim());

/** `labelSelector` has checked it: neither part holds a `=`. */
function readLabel(text: string): LabelSelector {
  const [key = '', value] = text.split('=');
  return value === undefined ? { key } : { key, value };
}

/** What a caller wants, from parameters that fit their schema. */
export function readResourceFilter(query: ResourceListQuery | ResourceFacetsQuery): ResourceFilter {
  const { connectionId, clusterUid, namespace, name, q, image, node, owner } = query;
  return {
    types: partsOf(query.type),
    kinds: partsOf(query.kind),
    groups: partsOf(query.group),
    labels: partsOf(query.label).map(readLabel),
    states: partsOf(query.state) as readonly ResourceState[],
    ...(connectionId === undefined ? {} : { connectionId: connectionId.toLowerCase() }),
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(q === undefined ? {} : { text: q }),
    ...(image === undefined ? {} : { image }),
    ...(node === undefined ? {} : { node }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** What to count by; all of them when nothing is said. */
export const readFacets = ({ by }: ResourceFacetsQuery, all: readonly ResourceFacet[]): readonly ResourceFacet[] =>
  by === undefined ? all : all.filter((facet) => partsOf(by).includes(facet));
