import {
  ConnectionConnected,
  ConnectionDeleted,
  ConnectionDisconnected,
  ConnectionDiscovered,
  ConnectionEntered,
  ConnectionIgnored,
  ConnectionPutInMaintenance,
  ConnectionRegistered,
  SEVERITY_NUMBERS,
  type CloudEvent,
  type SeverityText,
} from '@mooring/contracts';
import { toSignal } from './signal.ts';

const event = (type: string, severity: SeverityText, data: object = {}, source = 'connections'): CloudEvent =>
  ({
    id: 'e',
    source: `urn:meshery:service:${source}`,
    type,
    actedupon: 'thing',
    sequence: '12',
    severitytext: severity,
    severitynumber: SEVERITY_NUMBERS[severity],
    data: { summary: 'Title', message: 'Text', ...data },
  }) as CloudEvent;

describe('what needs a person', () => {
  it.each(Object.entries(SEVERITY_NUMBERS))('%s raises what is below informational', (severity, number) => {
    const signal = toSignal(event(ConnectionRegistered.type, severity as SeverityText));
    expect(signal?.kind).toBe(number < 6 ? 'trouble' : undefined);
  });

  it('says what, about what, how loudly, and the remedy when there is one', () => {
    const error = { suggestedRemediation: 'Start it.' };
    expect(toSignal(event(ConnectionDisconnected.type, 'error', { error, by: 'observation' }))).toEqual({
      kind: 'trouble',
      eventId: 'e',
      eventType: ConnectionDisconnected.type,
      sequence: 12n,
      actedUpon: 'thing',
      severityText: 'error',
      severityNumber: 3,
      title: 'Title',
      text: 'Text',
      suggestedRemediation: 'Start it.',
    });
  });

  it('is over when data flows, or a person decided that it needs nobody', () => {
    const recoveries = [
      event(ConnectionConnected.type, 'informational'),
      event(ConnectionIgnored.type, 'informational'),
      event(ConnectionPutInMaintenance.type, 'informational'),
      event(ConnectionDeleted.type, 'informational'),
      event(ConnectionDisconnected.type, 'informational', { by: 'person' }),
      event(ConnectionDisconnected.type, 'informational', { by: 'policy' }),
      event(ConnectionDiscovered.type, 'informational', { intent: 'none' }),
    ];
    for (const recovery of recoveries) expect(toSignal(recovery)?.kind).toBe('recovery');
  });

  it('is not over, and not begun, by anything else', () => {
    const others = [
      event(ConnectionEntered.type, 'informational'),
      event(ConnectionRegistered.type, 'informational'),
      event(ConnectionDiscovered.type, 'informational', { intent: 'registered' }),
      event(ConnectionDisconnected.type, 'informational', { by: 'observation' }),
      event('io.meshery.notifications.notification.raised.v1', 'error', {}, 'notifications'),
    ];
    for (const other of others) expect(toSignal(other)).toBeUndefined();
  });
});
