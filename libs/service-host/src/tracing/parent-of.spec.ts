import { describe, expect, it } from '@jest/globals';
import { activeTrace } from './active-trace.ts';
import { parentOf } from './http-tracing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const UUID = '4BF92F35-77B3-4DA6-A3CE-929D0E0E4736';

describe('parentOf', () => {
  it('joins traceparent before anything else', () =>
    expect(activeTrace(parentOf({ traceparent: `00-${TRACE}-${SPAN}-01`, 'trace-id': 'f'.repeat(32) }))).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      sampled: true,
    }));

  it.each([
    { 'trace-id': UUID },
    { 'x-trace-id': UUID },
    { 'x-trace-id': TRACE },
    { traceparent: 'junk', 'trace-id': UUID },
  ])('joins the trace that %j names', (headers) => {
    const joined = activeTrace(parentOf(headers));
    expect(joined?.traceId).toBe(TRACE);
    expect(joined?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    {},
    { 'trace-id': 'x' },
    { 'trace-id': '0'.repeat(32) },
    { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` },
  ])('starts a trace of its own for %j', (headers) => expect(activeTrace(parentOf(headers))).toBeUndefined());
});
