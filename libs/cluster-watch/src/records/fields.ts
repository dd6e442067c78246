import { asList, asNumber, asObject, asText, asWord, at, given } from '../json.ts';
import type { Condition } from './base.ts';

/** Reads each item of a list, in its order; items that cannot be read are left out. */
export function each<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] {
  const found: T[] = [];
  for (const item of asList(value)) {
    const one = read(item);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** The list, or nothing when it is empty: an empty list of something optional says nothing. */
export const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

export const wordsOf = (value: unknown): readonly string[] => each(value, asWord);

export const someWords = (value: unknown): readonly string[] | undefined => some(wordsOf(value));

export const sortedOnce = (words: readonly string[]): readonly string[] => [...new Set(words)].sort();

/**
 * A map of texts with its keys in code-unit order, so that equal maps give equal JSON. Values that are no texts are left out, and so is the
 * key `__proto__`, which no Kubernetes name can be and which some readers of JSON take for something else.
 */
export function mapOf(value: unknown): Readonly<Record<string, string>> {
  const given = asObject(value);
  if (given === undefined) return {};
  const found = new Map<string, string>();
  for (const rawKey of Object.keys(given)) {
    const key = asText(rawKey);
    const text = asText(given[rawKey]);
    if (key === undefined || text === undefined || key === '__proto__') continue;
    // Two keys may become one when characters are taken out: which of them wins must not depend on their order.
    const before = found.get(key);
    if (before === undefined || text < before) found.set(key, text);
  }
  const map: Record<string, string> = {};
  for (const key of [...found.keys()].sort()) map[key] = found.get(key) ?? '';
  return map;
}

/** The names of a map's keys, sorted, each once. */
export const keysOf = (value: unknown): readonly string[] =>
  sortedOnce(Object.keys(asObject(value) ?? {}).flatMap((key) => asWord(key) ?? []));

/** The map, or nothing when it is empty. */
export function someMap(value: unknown): Readonly<Record<string, string>> | undefined {
  const map = mapOf(value);
  return Object.keys(map).length === 0 ? undefined : map;
}

/** A whole number of something: 0 or more. */
export function countOf(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A port's number, 0 to 65535. */
export function portOf(value: unknown): number | undefined {
  const number = countOf(value);
  return number !== undefined && number <= 65_535 ? number : undefined;
}

/** A port by its number, or by the name that a container or service gives it. */
export const portOrName = (value: unknown): number | string | undefined => portOf(value) ?? asWord(value);

/** Sums what is there; `undefined` when nothing is. */
export function sumOf(values: readonly unknown[]): number | undefined {
  const numbers = values.flatMap((value) => countOf(value) ?? []);
  return numbers.length === 0 ? undefined : countOf(numbers.reduce((sum, number) => sum + number, 0));
}

/** In the order of their types, since some controllers shuffle them. */
export function conditionsOf(status: unknown): readonly Condition[] {
  const conditions = each(at(status, 'conditions'), (item) => {
    const type = asWord(at(item, 'type'));
    const value = asWord(at(item, 'status'));
    if (type === undefined || value === undefined) return undefined;
    return given({ type, status: value, reason: asWord(at(item, 'reason')), message: asWord(at(item, 'message')) });
  });
  return [...conditions].sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
}

/** Without what may be a secret in a URL: user, password and query. */
export const withoutSecrets = (url: string | undefined): string | undefined =>
  url?.replace(/[?#].*$/su, '').replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/iu, '$1');

/** `apps` of `apps/v1`, the empty text (the core group) of `v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
