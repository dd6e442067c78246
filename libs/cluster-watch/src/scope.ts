import { collectionPathOf, type ResourceType } from './resource-type.ts';
import type { Selection } from './selection.ts';

/** One list, and one watch, by which a type is read: everywhere, or in one namespace. */
export interface Scope {
  /** Equal keys read the same objects in the same way, whatever the version of the API. */
  readonly key: string;
  readonly namespace?: string;
  /** The included namespace that it reads: what lies in it, or it itself. Without it, everything that is selected. */
  readonly included?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

const NAMESPACES = 'namespaces';

/**
 * The scopes of a selected type. Included namespaces are read one by one, so that an account with rights in just these can do it, and nothing
 * else is sent; excluded ones are left out by the server. Each scope is one stream for as long as the watch lives.
 */
export function scopesOf(type: ResourceType, { namespaces, labels }: Selection): readonly Scope[] {
  const labelled = labels === undefined || labels === '' ? {} : { labelSelector: labels };
  const isNamespace = type.groupResource === NAMESPACES;
  const scope = (parts: Omit<Scope, 'key' | 'labelSelector'>): Scope => ({
    key: JSON.stringify([type.depth, parts.namespace ?? '', parts.fieldSelector ?? '', labels ?? '']),
    ...parts,
    ...labelled,
  });
  if (!type.namespaced && !isNamespace) return [scope({})];
  const excluded = [...new Set(namespaces?.exclude ?? [])].sort();
  if (namespaces?.include !== undefined) {
    const included = [...new Set(namespaces.include)].filter((each) => !excluded.includes(each)).sort();
    return included.map((each) =>
      scope({ included: each, ...(isNamespace ? { fieldSelector: `metadata.name=${each}` } : { namespace: each }) }),
    );
  }
  const field = isNamespace ? 'metadata.name' : 'metadata.namespace';
  return [scope(excluded.length === 0 ? {} : { fieldSelector: excluded.map((each) => `${field}!=${each}`).join(',') })];
}

/** The collection with these parameters and those of the scope. */
export function urlOf(type: ResourceType, scope: Scope, parameters: Readonly<Record<string, string>>): string {
  const { fieldSelector, labelSelector } = scope;
  const query = new URLSearchParams({
    ...parameters,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
  return `${collectionPathOf(type, scope.namespace)}?${query.toString()}`;
}
