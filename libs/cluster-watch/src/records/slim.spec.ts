import { hashOf } from '../content-hash.ts';
import type { JsonObject } from '../json.ts';
import { DEFINITIONS } from './definitions.ts';
import { EXAMPLES, objectOf, recordOf } from './examples/all.ts';
import { typeOf } from './examples/example.ts';
import { relationsOf } from './relations-of.ts';
import { depthOf, RECORD_TYPES, slimRecord } from './slim.ts';

/** The same content with the keys of every map in the opposite order. */
const turned = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(turned)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, each]) => [key, turned(each)]),
        )
      : value;

const metadata = { uid: 'u', name: 'n' };

describe('records', () => {
  it('are there for every type that the examples show, and the examples show every type', () => {
    expect(EXAMPLES.map(({ type }) => type).sort()).toEqual([...DEFINITIONS.keys()].sort());
  });

  it.each(EXAMPLES)('of $type are the same through every version of its API', (example) => {
    const records = example.versions.map((version) => slimRecord(typeOf(example, version), example.object)!);
    for (const [index, record] of records.entries()) {
      const apiVersion = `${example.group === '' ? '' : `${example.group}/`}${example.versions[index]}`;
      expect(record).toEqual({ ...records[0], apiVersion });
      expect(hashOf(record)).toBe(hashOf(records[0]!));
      expect(relationsOf(record)).toEqual(relationsOf(records[0]!));
    }
  });

  it.each(EXAMPLES)('of $type have a hash that the order of maps and what is no content do not change', (example) => {
    const { object } = example;
    const hash = hashOf(recordOf(example.type));
    expect(hashOf(recordOf(example.type, turned(object) as JsonObject))).toBe(hash);
    const later = JSON.parse(
      JSON.stringify(object)
        .replaceAll('2026-01-01T00:00:05Z', '2026-01-01T00:00:15Z')
        .replaceAll('"resourceVersion":"81442"', '"resourceVersion":"81443"'),
    ) as JsonObject;
    const moved = { ...(later['metadata'] as object), managedFields: [], annotations: { other: 'x' }, generation: 9 };
    expect(hashOf(recordOf(example.type, { ...later, metadata: moved }))).toBe(hash);
    const renamed = { ...(object['metadata'] as object), labels: { new: 'label' } };
    expect(hashOf(recordOf(example.type, { ...object, metadata: renamed }))).not.toBe(hash);
  });

  it.each(EXAMPLES)('of $type never hold what may be a secret, nor what is no content', ({ type }) => {
    const text = JSON.stringify(recordOf(type));
    expect(text).not.toMatch(/hunter2|aHVudGVyMg|managedFields|last-applied|resourceVersion|lastTransition|null/);
  });

  it.each(EXAMPLES)('of $type say nothing of what the cluster does not say', ({ type, kind }) => {
    const record = recordOf(type, { metadata });
    expect(record).toMatchObject({ kind, ...metadata, labels: {} });
    expect(Object.values(record)).not.toContain(undefined);
    expect(JSON.stringify(record)).not.toMatch(/null|unknown|none/i);
    expect(relationsOf(record).filter(({ relation }) => relation !== 'selects')).toEqual([]);
  });

  it('are not made of something else', () => {
    const pod = typeOf(EXAMPLES.find(({ type }) => type === 'pods')!);
    expect(slimRecord(pod, { kind: 'Secret', metadata })).toBeUndefined();
    expect(slimRecord(pod, { kind: 'PartialObjectMetadata', metadata })).toBeUndefined();
    expect(slimRecord(pod, { metadata: { name: 'n' } })).toBeUndefined();
    expect(slimRecord(pod, {})).toBeUndefined();
    expect(slimRecord(pod, { metadata: { uid: 7, name: [] } })).toBeUndefined();
  });

  it.each(EXAMPLES)('of $type, read as metadata only, keep that and say so', (example) => {
    const type = typeOf(example, example.versions[0], 'metadata');
    const { kind, ...object } = { ...example.object, kind: 'PartialObjectMetadata' };
    const record = slimRecord(type, { ...object, kind })!;
    expect(record).toEqual({
      ...{
        kind: example.kind,
        apiVersion: expect.any(String),
        uid: expect.any(String),
        name: 'web',
        labels: expect.anything(),
      },
      ...{ creationTimestamp: '2026-01-01T00:00:00Z', metadataOnly: true },
      ...(type.namespaced ? { namespace: 'shop' } : {}),
      ...('owner' in record ? { owner: expect.anything() } : {}),
    });
    expect(relationsOf(record).every(({ relation }) => relation === 'owner')).toBe(true);
  });

  it('are read whole of the types that have one, but of secrets and config maps only metadata unless somebody asks', () => {
    expect([depthOf('pods'), depthOf('gateways.networking.istio.io')]).toEqual(['record', 'record']);
    expect([depthOf('secrets'), depthOf('configmaps'), depthOf('leases.coordination.k8s.io')]).toEqual(
      Array.from({ length: 3 }, () => 'metadata'),
    );
    expect(RECORD_TYPES).not.toContain('secrets');
    expect(RECORD_TYPES).not.toContain('configmaps');
    expect(RECORD_TYPES).toHaveLength(DEFINITIONS.size - 2);
  });

  it('survive characters that no database takes', () => {
    const odd = { ...metadata, labels: { a: 1, b: 'x\u0000y\u001b[31m\u009b\ud800', 'k\u0007': 'v' } };
    for (const { type } of EXAMPLES)
      expect(recordOf(type, objectOf(type, { metadata: odd }))).toMatchObject({
        labels: { b: 'xy[31m\ufffd', k: 'v' },
      });
  });
});
