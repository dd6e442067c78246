import type { ResourceType } from './resource-type.ts';

const JSON_ONLY = 'application/json';
const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** Whole objects of these are asked for only by who wants the names of their keys: their values must not even travel. */
const SECRETIVE: ReadonlySet<string> = new Set(['secrets', 'configmaps']);

/** Which form of a type's objects to ask for. Servers that cannot leave anything out may send whole objects of most types. */
export function acceptOf({ depth, groupResource }: ResourceType): string {
  if (depth === 'record') return JSON_ONLY;
  return SECRETIVE.has(groupResource) ? METADATA_ONLY : `${METADATA_ONLY},${JSON_ONLY}`;
}

/** The same type, read only as deep as was asked for. */
export const withKeys = (type: ResourceType, keys: boolean): ResourceType =>
  SECRETIVE.has(type.groupResource) && !keys ? { ...type, depth: 'metadata' } : type;
