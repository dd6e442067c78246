import {
  SEVERITY_NUMBERS,
  dataFindings,
  envelopeFindings,
  type CloudEvent,
  type EventType,
  type Narrative,
  type SeverityText,
} from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { formatTraceparent, parseTraceparent, type TraceContext } from '@mooring/kernel';

/** What a service adds to a stored event so that it can be understood outside. */
export interface PublicationDetails {
  /** The publishing service. */
  readonly producer: string;
  /** The aggregate's id. */
  readonly subject: string;
  /** Whom or what it happened to; the subject unless told. */
  readonly actedUpon?: string;
  readonly severity: SeverityText;
  readonly narrative: Narrative;
}

export const sourceUrnOf = (producer: string): string => `urn:meshery:service:${producer}`;

/** A stored event is a fact also when its trace context cannot be read: then its own id gives one, always the same. */
function traceOf({ id, metadata }: StoredEvent): TraceContext {
  const stored = parseTraceparent(metadata.traceparent);
  if (stored !== undefined) return stored;
  const digits = id.replaceAll('-', '').toLowerCase();
  return { traceId: digits, spanId: digits.slice(0, 16), sampled: false };
}

/**
 * A stored event as it is published. Pure: the same event always gives the same CloudEvent.
 *
 * Throws, because it is a bug of the publishing service: severity `error` or worse without `narrative.error`, or anything
 * that the event type's own schema or the envelope forbids. What is once published is never mapped differently later.
 */
export function toPublication(eventType: EventType, stored: StoredEvent, details: PublicationDetails): CloudEvent {
  const { metadata } = stored;
  const severitynumber = SEVERITY_NUMBERS[details.severity];
  if (severitynumber <= SEVERITY_NUMBERS.error && details.narrative.error === undefined)
    throw new Error(`${eventType.type} of severity ${details.severity} must carry data.error`);
  const trace = traceOf(stored);
  const event: CloudEvent = {
    specversion: '1.0',
    id: stored.id,
    source: sourceUrnOf(details.producer),
    type: eventType.type,
    subject: details.subject,
    time: stored.recordedAt.toISOString(),
    datacontenttype: 'application/json',
    dataschema: eventType.dataschema,
    severitytext: details.severity,
    severitynumber,
    category: eventType.category,
    action: eventType.action,
    sequence: stored.revision.toString(),
    actedupon: details.actedUpon ?? details.subject,
    ...(metadata.userId === undefined ? {} : { userid: metadata.userId }),
    systemid: metadata.systemId,
    correlationid: metadata.$correlationId,
    ...(metadata.$causationId === undefined ? {} : { causationid: metadata.$causationId }),
    traceid: trace.traceId,
    parentid: trace.spanId,
    traceparent: formatTraceparent(trace),
    data: { ...stored.data, ...details.narrative },
  };
  const findings = [...envelopeFindings(event), ...dataFindings(eventType, event.data)];
  if (findings.length > 0) throw new Error(`${stored.type} ${stored.id} cannot be published: ${findings.join('; ')}`);
  return event;
}
