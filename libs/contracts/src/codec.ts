import { Failure } from '@mooring/kernel';
import { dataFindings, typeStanding } from './catalog.ts';
import { envelopeFindings, type CloudEvent } from './cloud-event.ts';

/** The media type of structured mode (CloudEvents JSON format 1.0). */
export const STRUCTURED_MEDIA_TYPE = 'application/cloudevents+json';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Structured mode: the whole event as one UTF-8 JSON text, attributes first. */
export const encodeStructured = (event: CloudEvent): Uint8Array => encoder.encode(JSON.stringify(event));

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch (cause) {
    throw new Failure('invalid', 'the message is not UTF-8 JSON', { cause });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Attributes that binary mode carries as text but that are integers. */
const INTEGERS = new Set(['severitynumber']);

function decodeBinary(bytes: Uint8Array, headers: Iterable<readonly [string, string]>): unknown {
  const event: Record<string, unknown> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'content-type') event['datacontenttype'] = value;
    if (!lower.startsWith('ce-')) continue;
    const attribute = lower.slice('ce-'.length);
    const text = decodeURIComponent(value);
    event[attribute] = INTEGERS.has(attribute) ? Number(text) : text;
  }
  event['data'] = parseJson(bytes);
  return event;
}

/**
 * Reads a CloudEvent in structured or binary mode (CloudEvents NATS protocol binding) and validates its envelope.
 * `data` is not validated here: see {@link parseKnown}. Throws a `Failure` of code `invalid` that names every finding.
 */
export function decodeCloudEvent(bytes: Uint8Array, headers: Iterable<readonly [string, string]> = []): CloudEvent {
  const pairs = [...headers];
  const binary = pairs.some(([name]) => name.toLowerCase() === 'ce-specversion');
  const value = binary ? decodeBinary(bytes, pairs) : parseJson(bytes);
  if (!isRecord(value)) throw new Failure('invalid', 'the message is not a CloudEvent: it is not a JSON object');
  const findings = envelopeFindings(value);
  if (findings.length > 0)
    throw new Failure('invalid', `not a CloudEvent of ours: ${findings.join('; ')}`, { details: { findings } });
  return value as unknown as CloudEvent;
}

/**
 * Validates `data` against the event type's schema.
 * Gives `unknown` for a type that nobody declared (acknowledge and count it); throws a `Failure` of code `invalid` when
 * the type is a newer version of a known one or the data does not fit.
 */
export function parseKnown(event: CloudEvent): 'known' | 'unknown' {
  const standing = typeStanding(event.type);
  if (standing.kind === 'unknown') return 'unknown';
  if (standing.kind === 'newer') {
    throw new Failure('invalid', `${event.type} is newer than ${standing.known.type}, the version this service knows`);
  }
  const findings = dataFindings(standing.eventType, event.data);
  if (findings.length > 0)
    throw new Failure('invalid', `${event.type}: ${findings.join('; ')}`, { details: { findings } });
  return 'known';
}
