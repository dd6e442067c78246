import {
  canonicalJson,
  delay,
  Failure,
  formatTraceparent,
  isFailure,
  isUuid,
  messageOf,
  nameUuid,
  normaliseTraceId,
  parseTraceparent,
  randomUuid,
  withTimeout,
} from './index.ts';

describe('a failure', () => {
  it.each([
    ['unavailable', true],
    ['timeout', true],
    ['outcome-unknown', true],
    ['conflict', true],
    ['denied', false],
    ['invalid', false],
    ['limit', false],
    ['not-found', false],
    ['corrupt', false],
  ] as const)('of code %s says that a retry can help: %s', (code, helps) => {
    const failure = new Failure(code, 'it failed', { details: { why: 1 } });
    expect([failure.retryCanHelp, isFailure(failure), isFailure(failure, code)]).toEqual([helps, true, true]);
    expect(failure.details).toEqual({ why: 1 });
  });

  it('is told from what else was thrown', () => {
    expect([isFailure(new Error('x')), isFailure('x'), isFailure(new Failure('limit', 'x'), 'denied')]).toEqual([
      false,
      false,
      false,
    ]);
    expect([messageOf(new Error('x')), messageOf('y'), messageOf(undefined)]).toEqual(['x', 'y', 'undefined']);
  });
});

describe('ids', () => {
  it('made from a name are the same for ever, and others for other names', () => {
    expect(nameUuid('cluster', 'a')).toBe('8a7bdf53-2aaf-5eed-a842-8240992e921d');
    expect(nameUuid('ab', 'c')).not.toBe(nameUuid('a', 'bc'));
    expect(nameUuid('cluster', 'a')[14]).toBe('5');
  });

  it('made at random are version 4 UUIDs', () => {
    expect(isUuid(randomUuid())).toBe(true);
    expect(randomUuid()).not.toBe(randomUuid());
    expect([isUuid(''), isUuid('not-a-uuid')]).toEqual([false, false]);
  });
});

describe('trace context', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';

  it('survives being written and read', () => {
    for (const sampled of [true, false]) {
      expect(parseTraceparent(formatTraceparent({ traceId, spanId, sampled }))).toEqual({ traceId, spanId, sampled });
    }
  });

  it.each([
    undefined,
    '',
    '00-abc-def-01',
    `01-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
  ])('is none at all where the header is %s', (header) => expect(parseTraceparent(header)).toBeUndefined());

  it('accepts a trace id as hex digits or as a UUID', () => {
    expect(normaliseTraceId(traceId)).toBe(traceId);
    expect(normaliseTraceId('0AF76519-16CD-43DD-8448-EB211C80319C')).toBe(traceId);
    expect([normaliseTraceId('0'.repeat(32)), normaliseTraceId('xyz')]).toEqual([undefined, undefined]);
  });
});

describe('canonical JSON', () => {
  it('is the same text for equal values, whatever the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true, z: undefined })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    );
  });
});

describe('time limits', () => {
  it('give the value of what is in time, and what it throws', async () => {
    await expect(withTimeout(1_000, 'timeout', 'it', () => Promise.resolve(7))).resolves.toBe(7);
    await expect(withTimeout(1_000, 'timeout', 'it', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('end what is late with a failure that says how long, and tell the work to stop', async () => {
    let told: AbortSignal | undefined;
    const late = withTimeout(5, 'outcome-unknown', 'the append', (signal) => {
      told = signal;
      return new Promise<never>(() => undefined);
    });
    await expect(late).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: 'the append got no answer within 5 ms',
    });
    expect(told?.aborted).toBe(true);
  });

  it('a delay ends early when it is told to', async () => {
    const stop = new AbortController();
    const waiting = delay(60_000, stop.signal);
    stop.abort();
    await waiting;
    await delay(60_000, AbortSignal.abort());
  });
});
