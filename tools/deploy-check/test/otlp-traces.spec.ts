import { describe, expect, it } from '@jest/globals';
import { readTraces } from './otlp-traces.ts';

const SPAN = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  parentSpanId: '00f067aa0ba902b8',
  name: 'GET /api/connections',
  kind: 2,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000000000000001',
  attributes: [
    { key: 'http.request.method', value: { stringValue: 'GET' } },
    { key: 'http.response.status_code', value: { intValue: 200 } },
  ],
  droppedAttributesCount: 0,
  status: { code: 0 },
};
const SERVICE = { key: 'service.name', value: { stringValue: 'gateway' } };

const exported = (span: object, resource: object = { attributes: [SERVICE] }): string =>
  JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'http' }, spans: [span] }] }] });

describe('the strict receiver', () => {
  it('takes what OTLP allows', () => {
    const { spans, findings } = readTraces(exported(SPAN));
    expect(findings).toEqual([]);
    expect(spans).toMatchObject([{ service: 'gateway', name: 'GET /api/connections' }]);
  });

  it.each<[what: string, span: object, finding: RegExp]>([
    ['an unknown member', { ...SPAN, colour: 'red' }, /the schema has it otherwise/],
    ['an id in base64', { ...SPAN, traceId: 'S/kvNXezTaajzpKdDg5HNg==' }, /traceId .* is not 16 bytes/],
    ['an id of zeros', { ...SPAN, spanId: '0000000000000000' }, /spanId .* is not 8 bytes/],
    ['a parent of four bytes', { ...SPAN, parentSpanId: '00f067aa' }, /parentSpanId .* is not 8 bytes/],
    ['a kind in words', { ...SPAN, kind: 'SPAN_KIND_SERVER' }, /the schema has it otherwise/],
    ['a kind that there is not', { ...SPAN, kind: 9 }, /has the kind 9/],
    ['a time as a number', { ...SPAN, startTimeUnixNano: 1_790_000_000 }, /the schema has it otherwise/],
    ['an end before the start', { ...SPAN, endTimeUnixNano: '1' }, /ends before it starts/],
    ['an attribute without a type', { ...SPAN, attributes: [{ key: 'a', value: 'GET' }] }, /otherwise|object expected/],
    ['an attribute twice', { ...SPAN, attributes: [SERVICE, SERVICE] }, /an attribute twice/],
    ['no name', { ...SPAN, name: '' }, /has no name/],
    ['a status that there is not', { ...SPAN, status: { code: 7 } }, /has the status 7/],
  ])('refuses %s', (_what, span, finding) => {
    expect(readTraces(exported(span)).findings.join('\n')).toMatch(finding);
  });

  it('refuses a resource without a name, and what is no export', () => {
    expect(readTraces(exported(SPAN, { attributes: [] })).findings).toEqual(['a resource has no service.name']);
    expect(readTraces('{"resourceSpans":').findings).toHaveLength(1);
    expect(readTraces('{"resourceLogs":[]}').findings).toHaveLength(1);
  });
});
