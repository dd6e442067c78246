import type { JsonObject } from '../json.ts';
import { apiVersionOf, type GroupResource, type ResourceType } from '../resource-type.ts';
import { bounded } from './bounds.ts';
import { DEFINITIONS, KEYS_ONLY_ON_REQUEST } from './definitions.ts';
import { baseOf, metadataRecord } from './metadata.ts';
import type { SlimRecord } from './record.ts';

/** Types of which more than metadata is read by itself, sorted: the list behind the rights in `infra/kubernetes`. */
export const RECORD_TYPES: readonly GroupResource[] = [...DEFINITIONS.keys()]
  .filter((type) => !KEYS_ONLY_ON_REQUEST.includes(type))
  .sort();

/**
 * How deep objects of a type are read by itself: as far as there is a record for them. Of secrets and config maps that is metadata; whoever
 * wants the names of their keys reads them with the depth `record`.
 */
export const depthOf = (groupResource: GroupResource): ResourceType['depth'] =>
  DEFINITIONS.has(groupResource) && !KEYS_ONLY_ON_REQUEST.includes(groupResource) ? 'record' : 'metadata';

/** What an object is called when only its metadata was asked for. */
const METADATA_ONLY = 'PartialObjectMetadata';

/**
 * The slim record of an object from a list (whose items may name no kind) or a watch; `undefined` for an object without uid or name, or of
 * another kind than was asked for. Never throws, whatever the object holds; the record is plain JSON within the bounds of `bounds.ts`.
 * The same object read through another version of its API gives the same record but for `apiVersion`.
 */
export function slimRecord(type: ResourceType, object: JsonObject): SlimRecord | undefined {
  const { kind, depth, groupResource } = type;
  const named = object['kind'];
  if (named !== undefined && named !== kind && (depth === 'record' || named !== METADATA_ONLY)) return undefined;
  const base = baseOf(object, apiVersionOf(type));
  if (base === undefined) return undefined;
  const definition = depth === 'record' ? DEFINITIONS.get(groupResource) : undefined;
  return bounded(definition === undefined ? metadataRecord(base, kind) : definition.record(base, object));
}
