import {
  ConnectionConnected,
  ConnectionDeleted,
  ConnectionDisconnected,
  ConnectionDiscovered,
  ConnectionIgnored,
  ConnectionPutInMaintenance,
  isForAPerson,
  type CloudEvent,
  type DataOf,
  type Narrative,
} from '@mooring/contracts';

/** What an event means for whoever has to be told. */
export type Signal = {
  /** The event and the revision of what it is about. */
  readonly eventId: string;
  readonly sequence: bigint;
  readonly text: string;
} & (
  | {
      readonly kind: 'trouble';
      readonly eventType: string;
      readonly actedUpon: string;
      readonly severityText: string;
      readonly severityNumber: number;
      readonly title: string;
      readonly suggestedRemediation?: string;
    }
  | { readonly kind: 'recovery' }
);

const OVER: ReadonlySet<string> = new Set([
  ConnectionConnected.type,
  ConnectionIgnored.type,
  ConnectionPutInMaintenance.type,
  ConnectionDeleted.type,
]);

/** Trouble is over when data flows again, and when a person decided that it needs nobody: ignored, in maintenance, disconnected, deleted. */
function isRecovery(event: CloudEvent): boolean {
  if (OVER.has(event.type)) return true;
  const data = event.data as Partial<DataOf<typeof ConnectionDisconnected>>;
  if (event.type === ConnectionDisconnected.type) return data.by !== 'observation';
  // Found again, and nobody wants more of it than that.
  return event.type === ConnectionDiscovered.type && data.intent === 'none';
}

/** The signal in an event; none for most of them, and never one in what this service says itself. */
export function toSignal(event: CloudEvent): Signal | undefined {
  if (event.source === 'urn:meshery:service:notifications') return undefined;
  const { message, summary, error } = event.data as Narrative;
  const common = { eventId: event.id, sequence: BigInt(event.sequence), text: message };
  if (isForAPerson(event.severitynumber)) {
    return {
      ...common,
      kind: 'trouble',
      eventType: event.type,
      actedUpon: event.actedupon,
      severityText: event.severitytext,
      severityNumber: event.severitynumber,
      title: summary,
      ...(error === undefined ? {} : { suggestedRemediation: error.suggestedRemediation }),
    };
  }
  return isRecovery(event) ? { ...common, kind: 'recovery' } : undefined;
}
