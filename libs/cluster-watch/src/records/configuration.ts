import { asBoolean, asObject, asText, asWord, at, given, type JsonObject } from '../json.ts';
import type { RecordBase } from './base.ts';
import { sortedOnce } from './fields.ts';

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

const keysOf = (...maps: readonly unknown[]): readonly string[] =>
  sortedOnce(maps.flatMap((map) => Object.keys(asObject(map) ?? {}).flatMap((key) => asText(key) ?? [])));

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
    keys: keysOf(object['data'], object['binaryData']),
    immutable: asBoolean(at(object, 'immutable')),
  });
