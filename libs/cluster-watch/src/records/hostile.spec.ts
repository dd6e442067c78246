import { hashOf } from '../content-hash.ts';
import type { JsonObject } from '../json.ts';
import * as fc from 'fast-check';
import { LIST_ITEMS_MAX, MAP_ENTRIES_MAX, RECORD_BYTES_MAX, TEXT_CHARACTERS_MAX } from './bounds.ts';
import { EXAMPLES, exampleOf, recordOf } from './examples/all.ts';
import { typeOf, type Example } from './examples/example.ts';
import type { SlimRecord } from './record.ts';
import { relationsOf } from './relations-of.ts';
import { slimRecord } from './slim.ts';

type Path = readonly (string | number)[];

/** Every place of a value, the whole one first. */
const placesOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...path, key]))]
    : [path];

function withAt(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  if (Array.isArray(value)) return value.map((each, index) => (index === Number(key) ? withAt(each, rest, put) : each));
  return { ...(value as object), [key]: withAt((value as Record<string, unknown>)[key], rest, put) };
}

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\u0000', '\ud800', '__proto__', 'constructor', '*', '../../etc', '2999-01-01T00:00:00Z', 'NaN'),
  fc.constantFrom(2_000, 10_000).map((length) => '\u{1f600}"\\\u001b'.repeat(length / 5)),
);
const oddValue = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    oddText,
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(null, true, false, -0, 1e308),
    fc.array(tie('any'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(oddText, fc.constantFrom('name', 'host', 'kind', 'uid', 'port', 'type')), tie('any'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
    fc
      .constantFrom(1_100, 3_000)
      .map((length) => Array.from({ length }, (_, index) => ({ name: `n${index}`, type: 't' }))),
    fc
      .constantFrom(300, 2_000)
      .map((length) => Object.fromEntries(Array.from({ length }, (_, index) => [`key-${index}`, 'v']))),
  ),
})).any;

/** The same with a key of every map of texts or numbers in it written with a control character, and beside it the same key without. */
const withOddKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withOddKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).flatMap(([key, each]) => [
            [key, withOddKeys(each)],
            [`${key}\u001b`, withOddKeys(each)],
          ]),
        )
      : value;

/** An example of any type with up to four of its values replaced by something that nobody expects. */
const hostile: fc.Arbitrary<readonly [Example, JsonObject]> = fc.constantFrom(...EXAMPLES).chain((example) => {
  const places = placesOf(example.object).filter(([first]) => first !== undefined);
  return fc.array(fc.tuple(fc.constantFrom(...places), oddValue), { minLength: 1, maxLength: 4 }).map((changes) => {
    // What goes over the wire is JSON: `undefined`, `-0` and the like do not arrive.
    const changed = changes.reduce<unknown>((object, [path, put]) => {
      try {
        return withAt(object, path, put);
      } catch {
        return object;
      }
    }, example.object);
    return [example, JSON.parse(JSON.stringify(changed)) as JsonObject] as const;
  });
});

/** Whether every text, list and map in it is within the bounds. */
function isBounded(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= TEXT_CHARACTERS_MAX;
  if (typeof value !== 'object' || value === null) return true;
  const entries = Object.entries(value);
  if (entries.length > (Array.isArray(value) ? LIST_ITEMS_MAX : MAP_ENTRIES_MAX)) return false;
  return entries.every(([key, each]) => isBounded(key) && isBounded(each));
}

const bytesOf = (record: SlimRecord): number => Buffer.byteLength(JSON.stringify(record));

describe('a cluster that says anything at all', () => {
  it('gets plain JSON within the bounds or nothing, always the same, and never an exception', () => {
    fc.assert(
      fc.property(hostile, ([example, object]) => {
        const record = slimRecord(typeOf(example), object);
        if (record === undefined) return;
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
        expect(bytesOf(record)).toBeLessThanOrEqual(RECORD_BYTES_MAX);
        expect(isBounded(record)).toBe(true);
        expect(JSON.stringify(record)).not.toMatch(/\\u00(0[0-8bcef]|1[0-9a-f])|[\u007f-\u009f]|\\ud[89a-f]/);
        expect(hashOf(record)).toBe(hashOf(slimRecord(typeOf(example), structuredClone(object))!));
        const relations = relationsOf(record);
        expect(JSON.parse(JSON.stringify(relations))).toEqual(relations);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same record and hash whatever the order of its keys', () => {
    const turn = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turn)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, each]) => [key, turn(each)]),
            )
          : value;
    fc.assert(
      fc.property(hostile, ([example, object]) => {
        const one = slimRecord(typeOf(example), object);
        const other = slimRecord(typeOf(example), turn(object) as JsonObject);
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      }),
      { numRuns: 100 },
    );
  });

  it('gets no control character into a key either', () => {
    for (const example of EXAMPLES) {
      const record = slimRecord(typeOf(example), withOddKeys(example.object) as JsonObject);
      expect([example.type, JSON.stringify(record)]).toEqual([example.type, expect.not.stringContaining('\\u001b')]);
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    }
  });

  it('does not change a record by a heartbeat, an annotation or who wrote a field', () => {
    const noise = fc.record({
      resourceVersion: oddText,
      managedFields: oddValue,
      selfLink: oddText,
      generation: oddValue,
    });
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), noise, oddText, (example, more, annotation) => {
        const metadata = { ...(example.object['metadata'] as object), ...more, annotations: { any: annotation } };
        expect(recordOf(example.type, { ...example.object, metadata })).toEqual(recordOf(example.type));
      }),
      { numRuns: 100 },
    );
  });

  it('is cut where it is too large, and the record says where', () => {
    const { object } = exampleOf('pods');
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`label-${index}`, 'v']));
    const record = recordOf('pods', { ...object, metadata: { uid: 'u', name: 'n'.repeat(253), labels: many } });
    expect(record).toMatchObject({ name: 'n'.repeat(253), cut: ['labels'] });
    expect(Object.keys(record.labels)).toEqual(Object.keys(many).sort().slice(0, MAP_ENTRIES_MAX));
    expect(recordOf('pods')).not.toHaveProperty('cut');
  });

  it('with an object of 3 MB is cut to what a message can hold', () => {
    const message = 'x'.repeat(1500);
    const conditions = Array.from({ length: 1900 }, (_, index) => ({ type: `t${index}`, status: 'True', message }));
    const object = { ...exampleOf('nodes').object, status: { conditions } };
    expect(JSON.stringify(object).length).toBeGreaterThan(2_900_000);
    const record = recordOf('nodes', object);
    expect(bytesOf(record)).toBeLessThanOrEqual(RECORD_BYTES_MAX);
    expect(bytesOf(record)).toBeGreaterThan(RECORD_BYTES_MAX / 8);
    expect(record.cut).toEqual(['conditions']);
  });

  it('keeps a slice of 1,000 endpoints whole: Kubernetes allows so many', () => {
    const endpoints = Array.from({ length: 1000 }, (_, index) => ({
      addresses: [`10.244.${Math.floor(index / 250)}.${index % 250}`],
      conditions: { ready: true },
      nodeName: `ip-10-0-${index}.eu.compute`,
      targetRef: { kind: 'Pod', namespace: 'shop', name: `web-5d4b9c6c5d-${index}`, uid: crypto.randomUUID() },
    }));
    const record = recordOf('endpointslices.discovery.k8s.io', {
      ...exampleOf('endpointslices.discovery.k8s.io').object,
      endpoints,
    });
    expect(record).not.toHaveProperty('cut');
    expect(record).toMatchObject({ endpoints: { length: 1000 } });
    expect(relationsOf(record)).toHaveLength(1001);
  });
});
