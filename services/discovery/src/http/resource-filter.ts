import type { ResourceListQuery } from '@mooring/contracts';
import type { LabelSelector, ResourceFilter } from '../adapters/resource-queries.ts';

const partsOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

/** `labelSelector` has checked it: neither part holds a `=`. */
function readLabel(text: string): LabelSelector {
  const [key = '', value] = text.split('=');
  return value === undefined ? { key } : { key, value };
}

/** What a caller of the list wants, from parameters that fit their schema. */
export function readResourceFilter(query: ResourceListQuery): ResourceFilter {
  const { connectionId, clusterUid, kind, namespace, name, label } = query;
  return {
    kinds: kind === undefined ? [] : partsOf(kind),
    labels: label === undefined ? [] : partsOf(label).map(readLabel),
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
