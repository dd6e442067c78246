import { asBoolean, asWord, at, given, type JsonObject } from '../json.ts';
import type { RecordBase } from './base.ts';
import { keysOf, sortedOnce } from './fields.ts';

/** What is in it by name. Values are dropped where the object is parsed, and nothing here can hold one. */
export interface SecretRecord extends RecordBase {
  readonly kind: 'Secret';
  /** E.g. `kubernetes.io/tls`. */
  readonly type?: string;
  readonly keys: readonly string[];
  readonly immutable?: boolean;
}

export interface ConfigMapRecord extends RecordBase {
  readonly kind: 'ConfigMap';
  /** Of texts and binary values together. */
  readonly keys: readonly string[];
  readonly immutable?: boolean;
}

/** Another value under the same keys is not a change that anyone hears of: a hash of it would say something about the secret. */
export const secretRecord = (base: RecordBase, object: JsonObject): SecretRecord =>
  given({
    kind: 'Secret',
    ...base,
    type: asWord(object['type']),
    keys: keysOf(object['data']),
    immutable: asBoolean(at(object, 'immutable')),
  });

export const configMapRecord = (base: RecordBase, object: JsonObject): ConfigMapRecord =>
  given({
    kind: 'ConfigMap',
    ...base,
    keys: sortedOnce([...keysOf(object['data']), ...keysOf(object['binaryData'])]),
    immutable: asBoolean(at(object, 'immutable')),
  });
