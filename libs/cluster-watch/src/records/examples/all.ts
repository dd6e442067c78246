import type { JsonObject } from '../../json.ts';
import type { GroupResource } from '../../resource-type.ts';
import { slimRecord } from '../slim.ts';
import { typeOf, type Example } from './example.ts';
import { GATEWAY_API_EXAMPLES } from './gateway-api.ts';
import { ISTIO_EXAMPLES } from './istio.ts';
import { KUBERNETES_EXAMPLES } from './kubernetes.ts';

export const EXAMPLES: readonly Example[] = [...KUBERNETES_EXAMPLES, ...GATEWAY_API_EXAMPLES, ...ISTIO_EXAMPLES];

export function exampleOf(type: GroupResource): Example {
  const found = EXAMPLES.find((each) => each.type === type);
  if (found === undefined) throw new Error(`no example of ${type}`);
  return found;
}

/** The record of the example, or of another object of its type. */
export function recordOf(type: GroupResource, object: JsonObject = exampleOf(type).object) {
  const record = slimRecord(typeOf(exampleOf(type)), object);
  if (record === undefined) throw new Error(`no record of ${type}`);
  return record;
}

/** The example with other contents. */
export const objectOf = (type: GroupResource, changes: JsonObject): JsonObject => ({
  ...exampleOf(type).object,
  ...changes,
});
