import { hash } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { ResourceKind, WatchedKind } from '../kinds.ts';
import { namespaceRecord, nodeRecord } from './infrastructure.ts';
import { endpointSliceRecord, serviceRecord } from './network.ts';
import { baseOf } from './parts.ts';
import { podRecord } from './pod.ts';
import type { RecordBase, SlimRecord } from './record.ts';
import { daemonSetRecord, deploymentRecord, statefulSetRecord } from './workloads.ts';

const DEEPER: Readonly<Record<ResourceKind, (base: RecordBase, object: JsonObject) => SlimRecord>> = {
  Namespace: namespaceRecord,
  Node: nodeRecord,
  Deployment: deploymentRecord,
  StatefulSet: statefulSetRecord,
  DaemonSet: daemonSetRecord,
  Service: serviceRecord,
  EndpointSlice: endpointSliceRecord,
  Pod: podRecord,
};

/**
 * The slim record of an object from a list (whose items name no kind) or a watch; `undefined` for an object without uid or name, or of
 * another kind than was asked for.
 */
export function slimRecord({ kind, apiVersion }: WatchedKind, object: JsonObject): SlimRecord | undefined {
  if (object['kind'] !== undefined && object['kind'] !== kind) return undefined;
  const base = baseOf(object, apiVersion);
  return base === undefined ? undefined : DEEPER[kind](base, object);
}

/**
 * 128 bits of SHA-256 over the record's JSON, base64url. Records are built with their fields in one order and their maps sorted, so
 * equal content gives equal hashes; a field added in a later version of this library changes them, and every object is emitted once more.
 */
export const hashOf = (record: SlimRecord): string => hash('sha256', JSON.stringify(record), 'base64url').slice(0, 22);
