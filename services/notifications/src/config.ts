import { durationMs, spineConfigSpec } from '@mooring/service-host';

/** The environment of this service; read once, at start. */
export const configSpec = {
  ...spineConfigSpec('NOTIFICATIONS'),
  streamPollMs: durationMs({
    env: 'NOTIFICATIONS_STREAM_POLL',
    minMs: 10,
    maxMs: 10_000,
    default: 250,
    description: 'How soon live streams see what another instance wrote; what this one writes they see at once.',
  }),
};
