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
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure('invalid', 'the message is not UTF-8 JSON', { cause });
  }
  // Only an escape can write such a character, and hardly a message has one.
  if (UNSTORABLE_ESCAPE.test(text) && hasUnstorableText(value)) throw unstorable();
  return value;
}

/** U+0000 and halves of surrogate pairs: no database takes them, so an event with one would be refused by each consumer for ever. */
const UNSTORABLE_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;
const isUnstorable = (text: string): boolean => text.includes('\u0000') || !text.isWellFormed();
const unstorable = (): Failure =>
  new Failure('invalid', 'the message has a character that no text may have: U+0000 or half of a surrogate pair');

/** Without recursion: how deep a message is nested is its sender's choice. */
function hasUnstorableText(root: unknown): boolean {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' && isUnstorable(value)) return true;
    if (typeof value !== 'object' || value === null) continue;
    if (Object.keys(value).some(isUnstorable)) return true;
    for (const member of Object.values(value)) waiting.push(member);
  }
  return false;
}

function decodeHeader(name: string, value: string): string {
  let text: string;
  try {
    text = decodeURIComponent(value);
  } catch (cause) {
    throw new Failure('invalid', `the header ${name} is not percent-encoded UTF-8`, { cause });
  }
  if (isUnstorable(text)) throw unstorable();
  return text;
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
    const text = decodeHeader(name, value);
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
