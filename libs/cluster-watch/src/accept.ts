import { KEYS_ONLY_ON_REQUEST } from './records/definitions.ts';
import type { ResourceType } from './resource-type.ts';

const JSON_ONLY = 'application/json';
const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Which form of a type's objects to ask for. Servers that cannot leave anything out may send whole objects of most types. */
export function acceptOf({ depth, groupResource }: ResourceType): string {
  if (depth === 'record') return JSON_ONLY;
  // Whole objects of these must not even travel, unless somebody asked for the names of their keys.
  return KEYS_ONLY_ON_REQUEST.includes(groupResource) ? METADATA_ONLY : `${METADATA_ONLY},${JSON_ONLY}`;
}

/** The same type, read as deep as was asked for. */
export const withKeys = (type: ResourceType, keys: boolean): ResourceType =>
  KEYS_ONLY_ON_REQUEST.includes(type.groupResource) ? { ...type, depth: keys ? 'record' : 'metadata' } : type;
