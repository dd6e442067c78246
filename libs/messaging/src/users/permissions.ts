import {
  CREDENTIAL_BUCKET,
  DEAD_LETTER_STREAM,
  INVENTORY_CONTEXT,
  INVENTORY_PRODUCER,
  INVENTORY_STREAM,
  streamOf,
} from '@mooring/contracts';
import { redriveSourceOf } from '../provision/plan.ts';
import { sourceOf, type Source, type Topology } from '../provision/topology.ts';
import { inboxPrefixOf } from './inbox.ts';

/** The subjects a user may use; everything else is forbidden. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const CREDENTIAL_STREAM = `KV_${CREDENTIAL_BUCKET}`;
const CREDENTIAL_KEYS = `$KV.${CREDENTIAL_BUCKET}.>`;

/** Who writes credentials, and who reads them. */
const CREDENTIAL_WRITER = 'connections';
const CREDENTIAL_READER = 'discovery';

/** Pulling from one durable, acknowledging what it gave, and asking for it again. A name must be given whole: NATS has no prefixes within a token. */
const toConsume = ({ stream, durable }: Source): readonly string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.API.CONSUMER.RESET.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
];

const credentialAccess = [
  `$JS.API.STREAM.INFO.${CREDENTIAL_STREAM}`,
  `$JS.API.DIRECT.GET.${CREDENTIAL_STREAM}.${CREDENTIAL_KEYS}`,
];

/** A service: publishes its own events, handles what it subscribed to, parks what it gives up; nothing of any other. */
export function servicePermissions(service: string, topology: Topology): Permissions {
  const producer = topology.producers.find((name) => name === service);
  const sources = topology.subscriptions.filter(({ consumer }) => consumer === service).map(sourceOf);
  const outlets = [
    ...(producer === undefined ? [] : [{ context: producer, stream: streamOf(producer) }]),
    ...(producer === INVENTORY_PRODUCER ? [{ context: INVENTORY_CONTEXT, stream: INVENTORY_STREAM }] : []),
  ];
  const credentials = service === CREDENTIAL_WRITER || service === CREDENTIAL_READER;
  return {
    publish: [
      ...outlets.flatMap(({ context, stream }) => [
        `relay.${context}.>`,
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
      ]),
      ...(sources.length === 0
        ? []
        : [`dead.${service}.>`, ...[...sources, redriveSourceOf(service)].flatMap(toConsume)]),
      ...(credentials ? credentialAccess : []),
      ...(service === CREDENTIAL_WRITER ? [CREDENTIAL_KEYS] : []),
    ],
    subscribe: [
      `${inboxPrefixOf(service)}.>`,
      // Plain messages of the bucket: they only tell that a key changed, the value is read from the store.
      ...(service === CREDENTIAL_READER ? [CREDENTIAL_KEYS] : []),
    ],
  };
}

/** The provisioner makes and changes streams and consumers. It may not read, purge or delete them. */
export const provisionerPermissions: Permissions = {
  publish: [
    '$JS.API.INFO',
    '$JS.API.STREAM.INFO.*',
    '$JS.API.STREAM.CREATE.*',
    '$JS.API.STREAM.UPDATE.*',
    '$JS.API.CONSUMER.INFO.*.*',
    '$JS.API.CONSUMER.CREATE.>',
    '$JS.API.CONSUMER.DURABLE.CREATE.*.*',
  ],
  subscribe: [`${inboxPrefixOf('provisioner')}.>`],
};

/** The operator looks at dead letters, redrives and deletes them. */
export const operatorPermissions: Permissions = {
  publish: [
    'redrive.>',
    `$JS.API.STREAM.INFO.${DEAD_LETTER_STREAM}`,
    `$JS.API.STREAM.MSG.GET.${DEAD_LETTER_STREAM}`,
    `$JS.API.DIRECT.GET.${DEAD_LETTER_STREAM}`,
    `$JS.API.STREAM.MSG.DELETE.${DEAD_LETTER_STREAM}`,
    // To know which redriven messages were handled and can go.
    `$JS.API.CONSUMER.INFO.${DEAD_LETTER_STREAM}.*`,
  ],
  subscribe: [`${inboxPrefixOf('operator')}.>`],
};

/**
 * An outside system: sees every stored event live on `events.>`, and reads every stream of events from the beginning by one
 * consumer that has the reader's own name (so that it can be neither another reader's nor a service's). Inboxes are those of
 * any ordinary client; services keep theirs elsewhere.
 */
export const readerPermissions = (reader: string, { producers }: Topology): Permissions => ({
  publish: [
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    ...[...producers.map(streamOf), INVENTORY_STREAM].flatMap((stream) => [
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.${reader}`,
      `$JS.API.CONSUMER.CREATE.${stream}.${reader}.events.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${reader}`,
      `$JS.API.CONSUMER.INFO.${stream}.${reader}`,
      `$JS.API.CONSUMER.DELETE.${stream}.${reader}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${reader}`,
      `$JS.ACK.${stream}.${reader}.>`,
    ]),
  ],
  subscribe: ['events.>', '_INBOX.>'],
});
