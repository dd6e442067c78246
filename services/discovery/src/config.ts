import { durationMs, flag, integer, list, secret, spineConfigSpec, text, type ConfigOf } from '@mooring/service-host';

const HOUR_MS = 3_600_000;

/** Everything this service reads from its environment, beside what every service understands. */
export const configSpec = {
  ...spineConfigSpec('DISCOVERY'),
  credentialKey: secret({
    env: 'DISCOVERY_CREDENTIAL_KEY',
    description: 'Private key (JWK, EC P-256) that credentials are encrypted to.',
  }),
  lostLooks: integer({
    env: 'DISCOVERY_LOST_LOOKS',
    min: 1,
    max: 100,
    default: 3,
    description: 'So many looks in a row must fail before a cluster counts as lost.',
  }),
  lostWindowMs: durationMs({
    env: 'DISCOVERY_LOST_WINDOW',
    minMs: 0,
    maxMs: 3_600_000,
    default: 30_000,
    description: 'And over so long.',
  }),
  lookTimeoutMs: durationMs({
    env: 'DISCOVERY_LOOK_TIMEOUT',
    minMs: 100,
    maxMs: 120_000,
    default: 10_000,
    description: 'How long one look, or one attempt to connect, may take.',
  }),
  slowLookMs: durationMs({
    env: 'DISCOVERY_SLOW_LOOK',
    minMs: 100,
    maxMs: 3_600_000,
    default: 60_000,
    description: 'How often a cluster that is not watched is looked at.',
  }),
  retryMinMs: durationMs({
    env: 'DISCOVERY_RETRY_MIN',
    minMs: 10,
    maxMs: 60_000,
    default: 1_000,
    description: 'First bound of the delay between looks at a cluster that is away; it doubles, with full jitter.',
  }),
  retryMaxMs: durationMs({
    env: 'DISCOVERY_RETRY_MAX',
    minMs: 10,
    maxMs: 3_600_000,
    default: 60_000,
    description: 'Last bound of that delay.',
  }),
  refusedRetries: integer({
    env: 'DISCOVERY_REFUSED_RETRIES',
    min: 0,
    max: 1_000,
    default: 5,
    description: 'Looks at a cluster that refused us, until there is a new credential or somebody asks for a look.',
  }),
  refusedRetryMinMs: durationMs({
    env: 'DISCOVERY_REFUSED_RETRY_MIN',
    minMs: 10,
    maxMs: 3_600_000,
    default: 10_000,
    description: 'First bound of the delay between those looks; it doubles, with full jitter.',
  }),
  refusedRetryMaxMs: durationMs({
    env: 'DISCOVERY_REFUSED_RETRY_MAX',
    minMs: 10,
    maxMs: 3_600_000,
    default: 300_000,
    description: 'Last bound of that delay.',
  }),
  reconcileMs: durationMs({
    env: 'DISCOVERY_RECONCILE',
    minMs: 50,
    maxMs: 60_000,
    default: 1_000,
    description: 'How often what should be so is compared with what is done about it.',
  }),
  firstStates: integer({
    env: 'DISCOVERY_FIRST_STATES',
    min: 1,
    max: 1_000,
    default: 4,
    description: 'Clusters whose first state is read at a time.',
  }),
  kinds: list({
    env: 'DISCOVERY_KINDS',
    default: [],
    description:
      'Kinds that are watched, as `pods`, `deployments.apps`, `*.istio.io` or `*`; unless told, all but events, leases, secrets and config maps.',
  }),
  kindsExcluded: list({
    env: 'DISCOVERY_KINDS_EXCLUDED',
    default: [],
    description: 'Kinds of those that are not.',
  }),
  namespaces: list({
    env: 'DISCOVERY_NAMESPACES',
    default: [],
    description: 'Namespaces that are watched; all unless told.',
  }),
  namespacesExcluded: list({
    env: 'DISCOVERY_NAMESPACES_EXCLUDED',
    default: [],
    description: 'Namespaces of those that are not.',
  }),
  labels: text({
    env: 'DISCOVERY_LABELS',
    optional: true,
    description: 'Label selector as kubectl takes it, applied to every kind.',
  }),
  secretKeys: flag({
    env: 'DISCOVERY_SECRET_KEYS',
    default: false,
    description:
      'Whether secrets and config maps, where they are watched, are read whole for the names of their keys. Values are never kept.',
  }),
  objectsMax: integer({
    env: 'DISCOVERY_OBJECTS_MAX',
    optional: true,
    min: 1,
    max: 100_000_000,
    description: 'Objects of one cluster that are kept; what is beyond is left out and said. No limit unless told.',
  }),
  recordMebibytesMax: integer({
    env: 'DISCOVERY_RECORD_MEBIBYTES_MAX',
    optional: true,
    min: 1,
    max: 1_000_000,
    description: 'And what their records may have, as JSON in MiB.',
  }),
  changesPerSecondMax: integer({
    env: 'DISCOVERY_CHANGES_PER_SECOND_MAX',
    optional: true,
    min: 1,
    max: 1_000_000,
    description:
      'Changes a second that are taken from one cluster; more of one object become one. No limit unless told.',
  }),
  kibibytesPerSecondMax: integer({
    env: 'DISCOVERY_KIBIBYTES_PER_SECOND_MAX',
    optional: true,
    min: 1,
    max: 100_000_000,
    description: 'KiB a second that are read from one cluster. No limit unless told.',
  }),
  requestsPerSecond: integer({
    env: 'DISCOVERY_REQUESTS_PER_SECOND',
    min: 1,
    max: 10_000,
    default: 50,
    description: 'Requests a second to one API server on average, and twice as many at once.',
  }),
  staleGraceMs: durationMs({
    env: 'DISCOVERY_STALE_GRACE',
    minMs: 0,
    maxMs: 8_760 * HOUR_MS,
    default: HOUR_MS,
    description:
      'How long what is known of a cluster that is away, or of a kind that cannot be followed, counts as it was. Then it is kept, and marked as outdated.',
  }),
  changesAgeMs: durationMs({
    env: 'DISCOVERY_CHANGES_AGE',
    minMs: 60_000,
    maxMs: 8_760 * HOUR_MS,
    default: 168 * HOUR_MS,
    description: 'How long the recent changes of resources are remembered.',
  }),
  changesMax: integer({
    env: 'DISCOVERY_CHANGES_MAX',
    min: 1_000,
    max: 1_000_000_000,
    default: 2_000_000,
    description: 'And how many of them, over all clusters.',
  }),
  outboxMebibytes: integer({
    env: 'DISCOVERY_OUTBOX_MEBIBYTES',
    min: 1,
    max: 1_000_000,
    default: 256,
    description:
      'How much may wait to be published while the bus is away, in MiB. Beyond it, listeners are told to read anew.',
  }),
};

export type DiscoveryConfig = ConfigOf<typeof configSpec>;

/** When clusters are looked at; all times in milliseconds. */
export type Timing = Pick<
  DiscoveryConfig,
  | 'lostLooks'
  | 'lostWindowMs'
  | 'lookTimeoutMs'
  | 'slowLookMs'
  | 'retryMinMs'
  | 'retryMaxMs'
  | 'refusedRetries'
  | 'refusedRetryMinMs'
  | 'refusedRetryMaxMs'
>;
