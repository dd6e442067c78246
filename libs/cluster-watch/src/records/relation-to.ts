import { given } from '../json.ts';
import type { RecordBase, Selector } from './base.ts';
import { groupOf } from './fields.ts';
import { knownKind } from './known-kinds.ts';
import type { Relation } from './relation.ts';

export type RelationKind = Relation['relation'];

/** An object that another one names. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  readonly name?: string | undefined;
  /** Where it is if its kind belongs to namespaces. */
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
}

const CORE = '';

/** Leads to one object. A namespace is left out for kinds that belong to none. */
export function relationTo(relation: RelationKind, { group, kind, name, namespace, uid }: Reference): Relation {
  const known = knownKind(group, kind);
  return {
    relation,
    to: given({ type: known?.type, kind, namespace: known?.namespaced === false ? undefined : namespace, name, uid }),
  };
}

/** Leads to the pods of a namespace, or of all where none is given, that have these labels. */
export const selectsPods = (namespace: string | undefined, selector: Selector): Relation => ({
  relation: 'selects',
  to: given({ type: 'pods', kind: 'Pod', namespace, selector }),
});

/**
 * Leads to the owners. An owner is in the namespace of what it owns or in none at all, so the namespace of one of an unknown kind is left out;
 * its uid says enough. Source: Kubernetes documentation, "Owners and Dependents".
 */
export function ownerRelations({ namespace, owner, otherOwners = [] }: RecordBase): readonly Relation[] {
  const owners = owner === undefined ? otherOwners : [owner, ...otherOwners];
  return owners.map(({ apiVersion, kind, name, uid }) => {
    const group = apiVersion === undefined ? undefined : groupOf(apiVersion);
    const known = group === undefined ? undefined : knownKind(group, kind);
    return {
      relation: 'owner',
      to: given({ type: known?.type, kind, namespace: known?.namespaced === true ? namespace : undefined, name, uid }),
    };
  });
}

export const toService = (relation: RelationKind, namespace: string | undefined, name: string): Relation =>
  relationTo(relation, { group: CORE, kind: 'Service', namespace, name });

/** A name in the network that stands for no object of this cluster that could be told from the name alone. */
export const toHost = (relation: RelationKind, name: string): Relation => ({ relation, to: { kind: 'Host', name } });

/** Each relation once, in the order of their first mention. */
export function once(relations: readonly Relation[]): readonly Relation[] {
  const seen = new Set<string>();
  return relations.filter((relation) => {
    const key = JSON.stringify(relation);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
