import { bucketOf, digestOf, type GroupResource, type ResourceChange } from '@mooring/cluster-watch';
import type { PublishedChange } from '@mooring/contracts';
import { batchesOf, fits } from '../domain/inventory-events.ts';
import { stateOf } from '../domain/resource-state.ts';
import { termsOf } from '../domain/terms.ts';
import { storableJson } from './storable-json.ts';

type Upsert = Extract<ResourceChange, { op: 'upsert' }>;
type Delete = Extract<ResourceChange, { op: 'delete' }>;

/** Changes as statements take them. */
export interface ChangeRows {
  /** JSON of the rows of `resource`, each with its number among the changes and its batch. */
  readonly upserts: string;
  readonly relations: string;
  readonly deletes: string;
  /** By number: a change as it is published. That of a delete is only the start: the rest is known when it is done. */
  readonly published: readonly string[];
  /** By number: the type of the object. */
  readonly types: readonly GroupResource[];
  /** What no index could hold. */
  readonly leftOut: number;
}

/** All that names an object together, in bytes: PostgreSQL's indexes take no more than 2,704. */
const NAME_BYTES_MAX = 2_000;

/** What is said of a delete beside its type and UID: names, which are bounded as those of an upsert are. */
const DELETE_BYTES = 2 * NAME_BYTES_MAX;

const isIndexable = (...names: readonly string[]): boolean => {
  const text = names.join('');
  return text.length * 3 <= NAME_BYTES_MAX || Buffer.byteLength(text) <= NAME_BYTES_MAX;
};

function isStorable(change: ResourceChange): boolean {
  if (change.op === 'delete') return true;
  const { uid, kind, namespace = '', name } = change.record;
  return isIndexable(uid, change.type, kind, namespace, name);
}

const leadsSomewhere = ({ to }: RelationSaid): boolean =>
  isIndexable(to.type ?? '', to.kind, to.namespace ?? '', to.name ?? '', to.uid ?? '');

function toPublished({ type, record, hash }: Upsert): string {
  const change: PublishedChange = { op: 'upsert', type, uid: record.uid, hash };
  const text = storableJson({ ...change, record });
  return fits(Buffer.byteLength(text)) ? text : storableJson(change);
}

function toRow({ type, record, hash }: Upsert) {
  const { uid, kind, apiVersion, namespace = '', name, labels, creationTimestamp, ...rest } = record;
  return {
    ...{ uid, type, kind, api_version: apiVersion, namespace, name, labels, record: rest, hash },
    bucket: bucketOf(uid),
    digest: digestOf(uid, hash).toString(),
    terms: termsOf(type, record),
    state: stateOf({ ...record }) ?? '',
    created_at: toTime(creationTimestamp),
  };
}

/** A clock may be wrong by any amount; beyond the year 9999 it is no time that everybody can write. */
function toTime(text: string | undefined): string | null {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return time >= 0 && time < YEAR_10000_MS ? new Date(time).toISOString() : null;
}

const YEAR_10000_MS = Date.UTC(10_000, 0);

/** Of several changes to one object the last counts; there should be one. */
function lastOfEach(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const byObject = new Map<string, ResourceChange>();
  for (const change of changes) {
    const uid = change.op === 'upsert' ? change.record.uid : change.uid;
    byObject.set(storableJson([change.type, uid]), change);
  }
  return byObject.size === changes.length ? changes : [...byObject.values()];
}

/** Pure. `relationsOf` gives what a record says about others. */
export function toChangeRows(
  given: readonly ResourceChange[],
  relationsOf: (record: Upsert['record']) => readonly RelationSaid[],
): ChangeRows {
  const changes = lastOfEach(given).filter(isStorable);
  const published = changes.map((change) =>
    change.op === 'upsert' ? toPublished(change) : storableJson({ op: 'delete', type: change.type, uid: change.uid }),
  );
  const batches = batchesOf(
    published.map((text, number) => Buffer.byteLength(text) + (changes[number]?.op === 'delete' ? DELETE_BYTES : 0)),
  );
  const numbered = changes.map((change, number) => ({ change, n: number, batch: batches[number] ?? 0 }));
  const deletes = numbered.filter((one): one is typeof one & { change: Delete } => one.change.op === 'delete');
  const upserts = numbered.flatMap(({ change, n, batch }) =>
    change.op === 'upsert' ? [{ change, n, batch, said: relationsOf(change.record).filter(leadsSomewhere) }] : [],
  );
  return {
    upserts: storableJson(
      upserts.map(({ change, n, batch, said }) => ({ n, batch, relations: said.length, ...toRow(change) })),
    ),
    relations: storableJson(
      upserts.flatMap(({ said, n }) =>
        said.map(({ relation, to }, ordinal) => ({ n, ordinal, relation, ...toTarget(to) })),
      ),
    ),
    deletes: storableJson(deletes.map(({ change: { type, uid }, n, batch }) => ({ n, batch, type, uid }))),
    published,
    types: changes.map(({ type }) => type),
    leftOut: given.length - changes.length,
  };
}

/** As `Relation` of the library. */
export interface RelationSaid {
  readonly relation: string;
  readonly to: {
    readonly type?: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly selector?: Readonly<Record<string, string>>;
  };
}

/** A selector without a namespace is about all of them. */
const toTarget = ({ type, kind, namespace, name, uid, selector }: RelationSaid['to']) => ({
  ...{ to_type: type, to_kind: kind, to_name: name, to_uid: uid, selector },
  to_namespace: namespace ?? (selector === undefined ? '' : null),
});
