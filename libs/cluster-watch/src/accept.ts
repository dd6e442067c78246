import { KEYS_ONLY_ON_REQUEST } from './records/definitions.ts';
import type { ResourceType } from './resource-type.ts';

const JSON_ONLY = 'application/json';
/** An API server refuses (406) a list that is asked for as an object, and an object or a watch that is asked for as a list. */
const METADATA_ONLY = {
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  watch: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
} as const;

/** Which form of a type's objects to ask for. Servers that cannot leave anything out may send whole objects of most types. */
export function acceptOf({ depth, groupResource }: ResourceType, verb: 'list' | 'watch'): string {
  if (depth === 'record') return JSON_ONLY;
  // Whole objects of these must not even travel, unless somebody asked for the names of their keys.
  return KEYS_ONLY_ON_REQUEST.includes(groupResource) ? METADATA_ONLY[verb] : `${METADATA_ONLY[verb]},${JSON_ONLY}`;
}

/** The same type, read as deep as was asked for. */
export const withKeys = (type: ResourceType, keys: boolean): ResourceType =>
  KEYS_ONLY_ON_REQUEST.includes(type.groupResource) ? { ...type, depth: keys ? 'record' : 'metadata' } : type;
