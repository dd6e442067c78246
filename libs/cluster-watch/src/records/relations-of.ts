import { groupOf } from './fields.ts';
import { DEFINITIONS } from './definitions.ts';
import { knownKind } from './known-kinds.ts';
import type { SlimRecord } from './record.ts';
import type { Relation } from './relation.ts';
import { once, ownerRelations } from './relation-to.ts';

/**
 * What the object itself says about others: its owners first, then what its kind knows. Derived from the record alone: nothing is looked up,
 * and whether the other one exists is not known. Each relation once, in an order that is the same for the same record; where a field
 * of the record was cut, relations are missing with it. The source of each rule stands at the function of its kind.
 */
export function relationsOf(record: SlimRecord): readonly Relation[] {
  const owners = ownerRelations(record);
  if ('metadataOnly' in record) return once(owners);
  const type = knownKind(groupOf(record.apiVersion), record.kind)?.type;
  const own = type === undefined ? undefined : DEFINITIONS.get(type)?.relations(record);
  return once([...owners, ...(own ?? [])]);
}
