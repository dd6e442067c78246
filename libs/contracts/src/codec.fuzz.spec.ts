import { isFailure } from '@mooring/kernel';
import fc from 'fast-check';
import { EVENT_TYPES } from './catalog.ts';
import { Envelope } from './cloud-event.ts';
import { decodeCloudEvent, encodeStructured, parseKnown } from './codec.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const TRACE = 'ab'.repeat(16);
const SPAN = 'cd'.repeat(8);
const PAYLOAD_BYTES_MAX = 1_048_576;

const good = {
  specversion: '1.0',
  id: 'e1',
  source: 'urn:meshery:service:connections',
  type: EVENT_TYPES[0]!.type,
  subject: 's1',
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: EVENT_TYPES[0]!.dataschema,
  severitytext: 'informational',
  severitynumber: 6,
  category: 'c',
  action: 'a',
  sequence: '0',
  actedupon: 's1',
  systemid: 'y',
  correlationid: 'o',
  traceid: TRACE,
  parentid: SPAN,
  traceparent: `00-${TRACE}-${SPAN}-01`,
  data: {},
};

/** What this process spent; neighbours do not count. */
function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** A value or a `Failure` of code `invalid`; nothing else, and in bounded time. */
function outcome(bytes: Uint8Array, headers: readonly (readonly [string, string])[] = []): 'event' | 'invalid' {
  const before = process.cpuUsage();
  try {
    parseKnown(decodeCloudEvent(bytes, headers));
    return 'event';
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code !== 'invalid') throw thrown;
    // What is said of it goes into a header of the dead letter.
    expect(thrown.message.length).toBeLessThan(10_000);
    return 'invalid';
  } finally {
    expect(cpuMs(before)).toBeLessThan(2_000);
  }
}

const names = fc.oneof(
  fc.constantFrom(...Object.keys(Envelope.properties), 'data', '__proto__', 'constructor', 'prototype', 'toString'),
  fc.string(),
);
const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u0000', '\ud800', 'x'.repeat(100_000)),
);

describe('whatever comes over the bus', () => {
  it('is an event or invalid, however one of ours is changed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(names, anything, { maxKeys: 4 }),
        fc.subarray(Object.keys(good), { maxLength: 2 }),
        (changes, dropped) => {
          const kept = Object.entries(good).filter(([name]) => !(dropped as readonly string[]).includes(name));
          outcome(encode(Object.fromEntries([...kept, ...Object.entries(changes)])));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is so in binary mode too, whatever the headers say', () => {
    const header = fc.tuple(
      names.map((name) => `ce-${name}`),
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('%', '%zz', '%ff', '%00', '%ED%A0%80', '1e3'),
      ),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 5 }), fc.uint8Array({ maxLength: 50 }), (headers, bytes) => {
        outcome(bytes, [['ce-specversion', '1.0'], ...headers]);
        const { data, ...attributes } = good;
        const all = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)] as const);
        outcome(encode(data), [...all, ...headers]);
      }),
      { numRuns: 500 },
    );
  });

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.dictionary(fc.string(), fc.jsonValue()), (message, details) => {
        const event = { ...good, data: { message, details } };
        const bytes = encodeStructured(event as never);
        expect(/\\u(0000|d[89a-f])/i.test(new TextDecoder().decode(bytes)) || decodeCloudEvent(bytes)).toBeTruthy();
      }),
    );
  });

  it.each([
    ['U+0000', { ...good, data: { message: 'a\u0000' } }],
    ['half a surrogate pair', { ...good, data: { deep: [{ '\ud800': 1 }] } }],
    ['U+0000 in an attribute', { ...good, subject: '\u0000' }],
  ])('is invalid with %s, which no consumer could store', (_name, event) => {
    expect(() => decodeCloudEvent(encode(event))).toThrow(/no text may have/);
  });

  it('is not invalid for an escape that only looks like one', () => {
    expect(
      decodeCloudEvent(encode({ ...good, data: { message: '\\u0000 \\ud800', emoji: '\u{1f600}' } })),
    ).toBeDefined();
  });

  it.each([
    ['nested as deep as a message can be', `${'['.repeat(PAYLOAD_BYTES_MAX / 2)}${']'.repeat(PAYLOAD_BYTES_MAX / 2)}`],
    [
      'nested deep in the data',
      JSON.stringify(good).replace('"data":{}', `"data":{"details":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`),
    ],
    ['escapes alone', `"${'\\ud800'.repeat(170_000)}"`],
    ['wrong items alone', JSON.stringify(good).replace('"data":{}', `"data":[${'0,'.repeat(500_000)}0]`)],
    ['names alone', `{${Array.from({ length: 60_000 }, (_, index) => `"a${index}":0`).join(',')}}`],
    ['a number', '1'],
    ['a byte order mark', '\ufeff{}'],
  ])('is judged in bounded time when it is %s', (_name, text) => {
    outcome(new TextEncoder().encode(text));
  });

  it('pollutes nothing', () => {
    outcome(new TextEncoder().encode(JSON.stringify(good).replace('"data":{}', '"data":{"__proto__":{"polluted":1}}')));
    outcome(encode({}), [
      ['ce-specversion', '1.0'],
      ['ce-__proto__', 'polluted'],
      ['ce-constructor', 'x'],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
