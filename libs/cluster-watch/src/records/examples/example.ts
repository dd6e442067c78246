import type { JsonObject } from '../../json.ts';
import type { GroupResource, ResourceType } from '../../resource-type.ts';
import { knownKind } from '../known-kinds.ts';

/** An object as an API server gives it, and the versions through which it can be read. */
export interface Example {
  readonly type: GroupResource;
  readonly kind: string;
  readonly group: string;
  readonly versions: readonly [string, ...string[]];
  readonly object: JsonObject;
}

/** Everything that is in real metadata and is no content. */
const NOISE = {
  resourceVersion: '81442',
  generation: 3,
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1"}\n' },
  managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }],
};

export function example(
  group: string,
  kind: string,
  versions: Example['versions'],
  metadata: JsonObject,
  rest: JsonObject,
): Example {
  const known = knownKind(group, kind);
  if (known === undefined) throw new Error(`${kind} of ${group} is not known`);
  const home = known.namespaced ? { namespace: 'shop' } : {};
  const uid = `${kind.toLowerCase()}-0000-4000-8000-000000000001`;
  return {
    ...{ type: known.type, kind, group, versions },
    object: {
      metadata: { uid, name: 'web', ...home, creationTimestamp: '2026-01-01T00:00:00Z', ...NOISE, ...metadata },
      ...rest,
    },
  };
}

export function typeOf(
  { type, group, kind, versions }: Example,
  version: string = versions[0],
  depth: ResourceType['depth'] = 'record',
): ResourceType {
  const resource = type.split('.')[0] ?? type;
  const namespaced = knownKind(group, kind)?.namespaced ?? true;
  return { groupResource: type, group, version, resource, kind, namespaced, tier: 'everything', depth };
}
