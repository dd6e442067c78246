import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

/** A message of the protocol's own schema (opentelemetry-proto), as the package `otlp-schema` generates it. */
interface Message {
  fromObject(document: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: { longs: typeof String; bytes: typeof String }): object;
}

const root = createRequire(import.meta.url)('otlp-schema/build/src/generated/root.js');
const ExportTraceServiceRequest: Message = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

export interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string }[];
  readonly status?: { readonly code?: number };
}

const IDS: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };

/** Ids are hex in OTLP's JSON and base64 in that of protobuf; everything else is the same. */
function withIds(node: any, translate: (id: string, bytes: number, key: string) => string): any {
  if (Array.isArray(node)) return node.map((each) => withIds(each, translate));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const bytes = IDS[key];
      return [key, bytes === undefined ? withIds(value, translate) : translate(value as string, bytes, key)];
    }),
  );
}

/** Kinds and codes are numbers in OTLP's JSON, times are texts: what is otherwise does not come back as it was. */
function roundTrip(document: object): object {
  const base64 = withIds(document, (id, bytes, key) => {
    if (typeof id !== 'string' || !new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(id) || /^0+$/.test(id))
      throw new Error(`${key} ${JSON.stringify(id)} is not ${bytes} bytes in lower-case hex`);
    return Buffer.from(id, 'hex').toString('base64');
  });
  const bytes = ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromObject(base64)).finish();
  const back = ExportTraceServiceRequest.toObject(ExportTraceServiceRequest.decode(bytes), {
    longs: String,
    bytes: String,
  });
  return withIds(back, (id) => Buffer.from(id, 'base64').toString('hex'));
}

const findingsOf = (span: Span): readonly string[] => {
  const keys = (span.attributes ?? []).map(({ key }) => key);
  const rules: readonly (readonly [boolean, string])[] = [
    [typeof span.name === 'string' && span.name !== '', 'has no name'],
    [span.kind >= 1 && span.kind <= 5, `has the kind ${span.kind}`],
    [BigInt(span.startTimeUnixNano) > 0n, 'has no start'],
    [BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), 'ends before it starts'],
    [[0, 1, 2].includes(span.status?.code ?? 0), `has the status ${String(span.status?.code)}`],
    [new Set(keys).size === keys.length && !keys.includes(''), 'has an attribute twice, or one without a name'],
    [span.parentSpanId !== span.spanId, 'is its own parent'],
  ];
  return rules.flatMap(([holds, finding]) => (holds ? [] : [`span ${span.spanId} ${finding}`]));
};

/**
 * What is not as OTLP wants it in an export of traces in JSON: anything that the protocol's schema does not know or has in another
 * type (it would not survive a round trip through it), ids, and what a span must have.
 */
export function readTraces(text: string): { readonly spans: readonly Span[]; readonly findings: readonly string[] } {
  try {
    const document = JSON.parse(text);
    const back = roundTrip(document);
    if (!isDeepStrictEqual(withoutNothing(back), withoutNothing(document)))
      return { spans: [], findings: [`the schema has it otherwise: ${JSON.stringify(back)}, not ${text}`] };
    const spans: Span[] = document.resourceSpans.flatMap(({ resource, scopeSpans }: any) => {
      const named = (resource.attributes ?? []).find(({ key }: any) => key === 'service.name')?.value.stringValue;
      return scopeSpans.flatMap((scope: any) => scope.spans.map((span: any) => ({ ...span, service: named })));
    });
    const nameless = spans.some(({ service }) => typeof service !== 'string') ? ['a resource has no service.name'] : [];
    return { spans, findings: [...nameless, ...spans.flatMap(findingsOf)] };
  } catch (thrown) {
    return { spans: [], findings: [String(thrown)] };
  }
}

/** Without empty lists and members that are not there, and with whole numbers of attributes as text: protobuf's JSON reads either. */
function withoutNothing(node: any): any {
  if (Array.isArray(node)) return node.map(withoutNothing);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [key, key === 'intValue' ? String(value) : withoutNothing(value)]),
  );
}
