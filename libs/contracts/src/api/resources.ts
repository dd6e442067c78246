import { Type, type Static } from 'typebox';
import { page, pageQuery } from './paging.ts';
import { GROUP, GROUP_RESOURCE, KIND, labelSelector, namesOf, oneOrMoreOf, wordsUpTo } from './patterns.ts';

const Uuid = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const Count = Type.Integer({ minimum: 0 });

/** What an object's record says about how it is; a record that says nothing has none. */
export const RESOURCE_STATES = ['ready', 'not-ready', 'finished', 'deleting'] as const;
export type ResourceState = (typeof RESOURCE_STATES)[number];
const State = Type.Unsafe<ResourceState>(
  Type.String({ enum: [...RESOURCE_STATES], description: 'Absent where its record does not say.' }),
);

export const ResourceView = Type.Object({
  connectionId: Uuid,
  clusterUid: Type.String(),
  uid: Type.String(),
  type: Type.String({ description: 'As kubectl spells it: `pods`, `deployments.apps`. Unique in a cluster.' }),
  kind: Type.String({ description: 'Two groups may have the same one.' }),
  apiVersion: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  state: Type.Optional(State),
  createdAt: Type.Optional(Time),
  observedAt: Type.String({ format: 'date-time', description: 'When it was last seen to change.' }),
  staleSince: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'There while its cluster is away or not read completely, or its kind cannot be followed (the right was taken away, say): this is what was known then.',
    }),
  ),
  record: Type.Record(Type.String(), Type.Unknown(), {
    description: 'What matters of this kind; unknown is left out.',
  }),
});
export type ResourceView = Static<typeof ResourceView>;

/** What restricts a list of resources; all of it must hold. */
const resourceFilters = {
  q: Type.Optional(
    wordsUpTo(
      200,
      'Words that must all occur in the name, labels or images, in any order and case. A word of three letters or more may be the start of one. What separates words there (`-`, `.`, `/`, `:` …) separates them here.',
    ),
  ),
  connectionId: Type.Optional(Uuid),
  clusterUid: Type.Optional(Type.String({ maxLength: 253 })),
  type: Type.Optional(namesOf(GROUP_RESOURCE, 'a type like pods or deployments.apps')),
  kind: Type.Optional(namesOf(KIND, 'a kind like Pod (of any group)')),
  group: Type.Optional(namesOf(GROUP, 'an API group like apps (core for the one without a name)')),
  namespace: Type.Optional(Type.String({ maxLength: 253 })),
  name: Type.Optional(Type.String({ maxLength: 253, description: 'Part of the name, in any case.' })),
  label: Type.Optional(labelSelector),
  owner: Type.Optional(Type.String({ maxLength: 253, description: 'UID of an object that owns it.' })),
  node: Type.Optional(Type.String({ maxLength: 253, description: 'Name of the node it runs on.' })),
  image: Type.Optional(wordsUpTo(500, 'Words of images it runs, as in `q`: `nginx`, `registry.example/shop`.')),
  state: Type.Optional(oneOrMoreOf(RESOURCE_STATES)),
};

export const ResourceListQuery = Type.Object({ ...pageQuery, ...resourceFilters }, { additionalProperties: false });
export type ResourceListQuery = Static<typeof ResourceListQuery>;
export const ResourcePage = page(ResourceView);
export type ResourcePage = Static<typeof ResourcePage>;

/** What resources are counted by. */
export const RESOURCE_FACETS = ['type', 'namespace', 'connection', 'state'] as const;
export type ResourceFacet = (typeof RESOURCE_FACETS)[number];
export const FACET_VALUES_MAX = 1_000;
export const FACET_VALUES_DEFAULT = 50;

export const ResourceFacetsQuery = Type.Object(
  {
    by: Type.Optional(oneOrMoreOf(RESOURCE_FACETS, ' Default: all of them.')),
    limit: Type.Optional(
      Type.Integer({
        ...{ minimum: 1, maximum: FACET_VALUES_MAX, default: FACET_VALUES_DEFAULT },
        description: 'Values of each, the most frequent ones first.',
      }),
    ),
    ...resourceFilters,
  },
  { additionalProperties: false },
);
export type ResourceFacetsQuery = Static<typeof ResourceFacetsQuery>;

export const FacetView = Type.Object({
  by: Type.Unsafe<ResourceFacet>(Type.String({ enum: [...RESOURCE_FACETS] })),
  values: Type.Array(
    Type.Object({
      value: Type.String({
        description: 'A type, namespace (empty: in none), connection id or state (empty: not said).',
      }),
      objects: Count,
    }),
    { description: 'By how many there are, the most first, then by value.' },
  ),
  more: Type.Boolean({ description: 'There are more values than were asked for.' }),
});
export type FacetView = Static<typeof FacetView>;

export const ResourceFacets = Type.Object({
  objects: Type.Integer({ minimum: 0, description: 'Everything that the filters let through.' }),
  exact: Type.Boolean({
    description:
      'False where more match than are counted; each number is then the least there are. Always true while only connection, cluster, type, kind, group, namespace and state are filtered.',
  }),
  facets: Type.Array(FacetView),
  position: Type.String({ description: 'Commit position of the last event this answer contains.' }),
});
export type ResourceFacets = Static<typeof ResourceFacets>;

/** Relations of one object that are told, each way, and its changes; the list's filters give the rest. */
export const RELATED_MAX = 200;
export const CHANGES_MAX = 50;

export const RelatedView = Type.Object({
  relation: Type.String({ description: '`owner`, `selects`, `routes-to`, `mounts`, `runs-on` or `binds`.' }),
  type: Type.Optional(Type.String({ description: 'Absent where only the kind is known.' })),
  kind: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.Optional(Type.String({ description: 'Absent where nothing is there that is selected.' })),
  uid: Type.Optional(Type.String({ description: 'Absent where the inventory has no such object.' })),
  state: Type.Optional(State),
  selector: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Of `selects`: the labels that are looked for.' }),
  ),
});
export type RelatedView = Static<typeof RelatedView>;

export const ResourceChangeView = Type.Object({
  at: Time,
  op: Type.String({ description: '`added`, `changed` or `removed`.' }),
  fields: Type.Array(Type.String(), { description: 'What of the record is another now; empty unless `changed`.' }),
  hashBefore: Type.Optional(Type.String({ description: 'Of the record before; absent for `added`.' })),
  hashAfter: Type.Optional(Type.String({ description: 'Of the record from then on; absent for `removed`.' })),
});
export type ResourceChangeView = Static<typeof ResourceChangeView>;

export const ResourceQuery = Type.Object(
  {
    type: Type.Optional(
      Type.String({ maxLength: 253, description: 'Where a cluster serves the same object as several types: which.' }),
    ),
  },
  { additionalProperties: false },
);

export const ResourceDetailView = Type.Object({
  ...ResourceView.properties,
  related: Type.Object({
    out: Type.Array(RelatedView, { maxItems: RELATED_MAX, description: 'What this object points at.' }),
    in: Type.Array(RelatedView, { maxItems: RELATED_MAX, description: 'What points at this object.' }),
    more: Type.Boolean({ description: `There are more than ${RELATED_MAX} one way or the other.` }),
  }),
  changes: Type.Array(ResourceChangeView, {
    maxItems: CHANGES_MAX,
    description: 'Recent ones, the newest first; older ones are not kept.',
  }),
});
export type ResourceDetailView = Static<typeof ResourceDetailView>;
