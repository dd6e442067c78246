import type { JsonObject } from '../json.ts';
import { apiVersionOf, type GroupResource, type ResourceType } from '../resource-type.ts';
import { namespaceRecord, nodeRecord } from './infrastructure.ts';
import { endpointSliceRecord, serviceRecord } from './network.ts';
import { baseOf } from './parts.ts';
import { podRecord } from './pod.ts';
import type { MetadataRecord, RecordBase, SlimRecord } from './record.ts';
import { daemonSetRecord, deploymentRecord, statefulSetRecord } from './workloads.ts';

/** Types of which more than the metadata is kept. */
const DEEPER: ReadonlyMap<GroupResource, (base: RecordBase, object: JsonObject) => SlimRecord> = new Map<
  GroupResource,
  (base: RecordBase, object: JsonObject) => SlimRecord
>([
  ['namespaces', namespaceRecord],
  ['nodes', nodeRecord],
  ['deployments.apps', deploymentRecord],
  ['statefulsets.apps', statefulSetRecord],
  ['daemonsets.apps', daemonSetRecord],
  ['services', serviceRecord],
  ['endpointslices.discovery.k8s.io', endpointSliceRecord],
  ['pods', podRecord],
]);

/** How deep objects of a type are read: as far as there is a record for them. */
export const depthOf = (groupResource: GroupResource): ResourceType['depth'] =>
  DEEPER.has(groupResource) ? 'record' : 'metadata';

/** What an object is called when only its metadata was asked for. */
const METADATA_ONLY = 'PartialObjectMetadata';

/**
 * The slim record of an object from a list (whose items name no kind) or a watch; `undefined` for an object without uid or name, or of
 * another kind than was asked for.
 */
export function slimRecord(type: ResourceType, object: JsonObject): SlimRecord | undefined {
  const { kind, depth, groupResource } = type;
  const named = object['kind'];
  if (named !== undefined && named !== kind && (depth === 'record' || named !== METADATA_ONLY)) return undefined;
  const base = baseOf(object, apiVersionOf(type));
  if (base === undefined) return undefined;
  const deeper = depth === 'record' ? DEEPER.get(groupResource) : undefined;
  return deeper === undefined ? ({ kind, ...base } satisfies MetadataRecord) : deeper(base, object);
}
