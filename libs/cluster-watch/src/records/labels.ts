import { asList, asObject, at } from '../json.ts';
import type { Selector } from './base.ts';
import { mapOf } from './fields.ts';

/** `undefined` where there is no selector, or one that labels alone do not describe. */
export function matchLabelsOf(selector: unknown): Selector | undefined {
  if (asObject(selector) === undefined || asList(at(selector, 'matchExpressions')).length > 0) return undefined;
  return mapOf(at(selector, 'matchLabels'));
}
