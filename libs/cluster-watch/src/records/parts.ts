import {
  asBoolean,
  asList,
  asNumber,
  asObject,
  asText,
  asTextMap,
  asWord,
  at,
  given,
  type JsonObject,
} from '../json.ts';
import type { Condition, Owner, RecordBase } from './record.ts';

/** Longer words of a condition say no more, and some controllers write whole logs there. */
const MESSAGE_CHARACTERS_MAX = 1024;

function ownerOf(metadata: unknown): Owner | undefined {
  const references = asList(at(metadata, 'ownerReferences'));
  const reference = references.find((each) => asBoolean(at(each, 'controller')) === true) ?? references[0];
  const kind = asWord(at(reference, 'kind'));
  const name = asWord(at(reference, 'name'));
  const uid = asWord(at(reference, 'uid'));
  return kind === undefined || name === undefined || uid === undefined ? undefined : { kind, name, uid };
}

/** What every record has; `undefined` for what has no uid or name, and so is no object at all. */
export function baseOf(object: JsonObject, apiVersion: string): RecordBase | undefined {
  const metadata = asObject(object['metadata']);
  const uid = asWord(at(metadata, 'uid'));
  const name = asWord(at(metadata, 'name'));
  if (uid === undefined || name === undefined) return undefined;
  return given({
    uid,
    apiVersion,
    namespace: asWord(at(metadata, 'namespace')),
    name,
    labels: asTextMap(at(metadata, 'labels')),
    creationTimestamp: asWord(at(metadata, 'creationTimestamp')),
    deletionTimestamp: asWord(at(metadata, 'deletionTimestamp')),
    owner: ownerOf(metadata),
  });
}

/** In the order of their types, since some controllers shuffle them. */
export function conditionsOf(status: unknown): readonly Condition[] {
  return asList(at(status, 'conditions'))
    .flatMap((each) => {
      const type = asWord(at(each, 'type'));
      const value = asWord(at(each, 'status'));
      if (type === undefined || value === undefined) return [];
      const message = asWord(at(each, 'message'))?.slice(0, MESSAGE_CHARACTERS_MAX);
      return [given({ type, status: value, reason: asWord(at(each, 'reason')), message })];
    })
    .sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
}

export function imagesOf(podSpec: unknown): readonly string[] {
  const containers = ['initContainers', 'containers'].flatMap((field) => asList(at(podSpec, field)));
  return [...new Set(containers.flatMap((each) => asWord(at(each, 'image')) ?? []))].sort();
}

/** `undefined` where there is no selector, or one that labels alone do not describe. */
export function matchLabelsOf(selector: unknown): Record<string, string> | undefined {
  if (asObject(selector) === undefined || asList(at(selector, 'matchExpressions')).length > 0) return undefined;
  return asTextMap(at(selector, 'matchLabels'));
}

export const textsOf = (value: unknown): readonly string[] => asList(value).flatMap((each) => asText(each) ?? []);

/** Sums what is there; `undefined` when nothing is. */
export function sumOf(values: readonly unknown[]): number | undefined {
  const numbers = values.flatMap((value) => asNumber(value) ?? []);
  return numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each, 0);
}
