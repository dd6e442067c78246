import type { KubeObject } from './store.ts';
import { apiVersionOf, type SimulatedType } from './types.ts';

/** How objects are answered: whole, their metadata alone, or as rows of a table for people. */
export type Shape = 'object' | 'metadata' | 'table';
export type Purpose = 'one' | 'list' | 'watch';

const METADATA_API = 'meta.k8s.io/v1';
const isJson = (media: string): boolean => ['application/json', 'application/*', '*/*', ''].includes(media);

/**
 * What an `Accept` header asks for; `undefined` (406) when nothing of it can be served. As on a real server, a list has to be asked for
 * as `PartialObjectMetadataList`, one object and a watch as `PartialObjectMetadata`.
 */
export function negotiate(accept: string, purpose: Purpose): Shape | undefined {
  for (const clause of accept.split(',')) {
    const [media = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (!isJson(media)) continue;
    const named = new Map(parameters.map((each) => each.split('=', 2) as [string, string]));
    const as = named.get('as');
    if (as === undefined) return 'object';
    if (named.get('g') !== 'meta.k8s.io' || named.get('v') !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' && purpose !== 'list') return 'metadata';
    if (as === 'PartialObjectMetadataList' && purpose === 'list') return 'metadata';
    if (as.startsWith('PartialObjectMetadata')) return undefined;
  }
  return undefined;
}

const metadataOf = ({ metadata }: KubeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: METADATA_API,
  metadata,
});

const COLUMNS = [
  { name: 'Name', type: 'string', format: 'name', description: 'The name', priority: 0 },
  { name: 'Created At', type: 'date', format: '', description: 'When it was made', priority: 0 },
];

const row = (object: KubeObject): object => ({
  cells: [object.metadata.name, object.metadata.creationTimestamp],
  object: metadataOf(object),
});

const table = (metadata: object, objects: readonly KubeObject[], withColumns: boolean): object => ({
  kind: 'Table',
  apiVersion: METADATA_API,
  metadata,
  columnDefinitions: withColumns ? COLUMNS : null,
  rows: objects.map(row),
});

/** Turns the objects of one answer into what was asked for. */
export interface Representation {
  one(object: KubeObject): object;
  list(objects: readonly KubeObject[], metadata: object): object;
  /** A version without an object, at the end of a first state or later: as a real server has it, with an empty spec and status. */
  bookmark(metadata: object): object;
}

/** In `version` of the type: a real server converts what is stored in another one. */
export function representation(type: SimulatedType, version: string, shape: Shape): Representation {
  const apiVersion = apiVersionOf(type.group, version);
  const inVersion = (object: KubeObject): KubeObject => {
    const stored = object.kind === type.kind && object.apiVersion !== apiVersion;
    return stored ? { ...object, apiVersion } : object;
  };
  if (shape === 'metadata')
    return {
      one: metadataOf,
      list: (objects, metadata) => ({
        kind: 'PartialObjectMetadataList',
        apiVersion: METADATA_API,
        metadata,
        items: objects.map(metadataOf),
      }),
      bookmark: (metadata) => ({ kind: 'PartialObjectMetadata', apiVersion: METADATA_API, metadata }),
    };
  if (shape === 'table') {
    let columnsSaid = false;
    const oneRow = (object: KubeObject): object => {
      const withColumns = !columnsSaid;
      columnsSaid = true;
      return table({ resourceVersion: object.metadata.resourceVersion }, [object], withColumns);
    };
    return {
      one: oneRow,
      list: (objects, metadata) => table(metadata, objects, true),
      bookmark: (metadata) => ({
        ...table({ resourceVersion: (metadata as { resourceVersion?: string }).resourceVersion ?? '' }, [], false),
        rows: [{ cells: [], object: { kind: 'PartialObjectMetadata', apiVersion: METADATA_API, metadata } }],
      }),
    };
  }
  return {
    one: inVersion,
    list: (objects, metadata) => ({
      kind: `${type.kind}List`,
      apiVersion,
      metadata,
      items: objects.map((object) => asItem(inVersion(object), type)),
    }),
    bookmark: (metadata) =>
      type.origin === 'builtin'
        ? { kind: type.kind, apiVersion, metadata, spec: {}, status: {} }
        : { apiVersion, kind: type.kind, metadata },
  };
}

/** Items of a list of built-in types carry no kind and version of their own; those of custom resources do. */
const asItem = (object: KubeObject, { origin }: SimulatedType): object =>
  origin === 'builtin' ? { ...object, kind: undefined, apiVersion: undefined } : object;
