import { sql, type RawBuilder } from 'kysely';
import { walkedBy, type Plan, type Search } from '../domain/resource-search.ts';
import { toTermQuery } from './term-query.ts';

/* Each condition is on `resource`, or on a subquery that has its columns under that name. */

type Condition = RawBuilder<boolean>;

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

const all = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;

const one = <T>(given: T | undefined, condition: (value: T) => Condition): readonly Condition[] =>
  given === undefined ? [] : [condition(given)];

const withName = (name: string): Condition => sql`resource.name ilike ${`%${escapeLike(name)}%`}`;
const inStates = (states: readonly string[]): Condition => sql`resource.state = any(${states}::text[])`;
const ofTypes = (types: readonly string[]): Condition =>
  types.length === 1 ? sql`resource.type = ${types[0]}` : sql`resource.type = any(${types}::text[])`;

/** Everything that is searched for, to be looked at row by row. */
export function fits({ connectionIds, types, namespace, states, name, operands }: Search): Condition {
  return all([
    ...one(connectionIds, (ids) => sql<boolean>`resource.connection_id = any(${ids}::uuid[])`),
    ...one(types, ofTypes),
    ...one(namespace, (value) => sql<boolean>`resource.namespace = ${value}`),
    ...(states.length === 0 ? [] : [inStates(states)]),
    ...one(name, withName),
    ...(operands.length === 0
      ? []
      : [sql<boolean>`resource.terms @@ ${toTermQuery(operands.map((operand) => [operand]))}::tsquery`]),
  ]);
}

/** What the indexes of terms and of parts of names find; more than fits, and all of it. */
export function found({ name }: Search, { clauses, byName }: Extract<Plan, { way: 'gather' }>): Condition {
  return all([
    ...(clauses.length === 0 ? [] : [sql<boolean>`resource.terms @@ ${toTermQuery(clauses)}::tsquery`]),
    ...(byName ? one(name, withName) : []),
  ]);
}

/** What a walk along one index is restricted to. */
export function walked(search: Search): Condition {
  const { connectionIds, types, namespace, states } = search;
  const by = walkedBy(search);
  return all([
    ...(by === 'connection' ? [sql<boolean>`resource.connection_id = ${connectionIds?.[0]}::uuid`] : []),
    ...(by === 'namespace' ? [sql<boolean>`resource.namespace = ${namespace}`] : []),
    ...(by === 'state' ? [sql<boolean>`resource.state = ${states[0]}`] : []),
    ...one(types, ofTypes),
  ]);
}
