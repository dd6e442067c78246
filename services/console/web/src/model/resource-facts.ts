type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const recordAt = (record: Json, key: string): Json => {
  const value = record[key];
  return isRecord(value) ? value : {};
};
const listAt = (record: Json, key: string): readonly Json[] => {
  const value = record[key];
  return Array.isArray(value) ? value.filter(isRecord) : [];
};
const said = (record: Json, key: string): string | undefined => {
  const value = record[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const withWord = (word: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : `${word} ${text}`;

function imagesOf(record: Json): string | undefined {
  const images = record['images'];
  if (!Array.isArray(images) || typeof images[0] !== 'string') return undefined;
  return images.length === 1 ? images[0] : `${images[0]} and ${images.length - 1} more`;
}

function workload(record: Json): readonly (string | undefined)[] {
  const replicas = recordAt(record, 'replicas');
  const desired = said(replicas, 'desired');
  // Nobody ready is left out by Kubernetes where it means 0.
  const ready = desired === undefined ? undefined : `${said(replicas, 'ready') ?? '0'} of ${desired} ready`;
  return [ready, imagesOf(record)];
}

function pod(record: Json): readonly (string | undefined)[] {
  const restarts = said(record, 'restarts');
  return [
    said(record, 'phase'),
    said(record, 'reason'),
    record['ready'] === false && said(record, 'phase') === 'Running' ? 'not ready' : undefined,
    restarts === undefined || restarts === '0' ? undefined : `restarts ${restarts}`,
    withWord('on', said(record, 'node')),
  ];
}

function node(record: Json): readonly (string | undefined)[] {
  const ready = listAt(record, 'conditions').find(({ type }) => type === 'Ready');
  const capacity = recordAt(record, 'capacity');
  return [
    ready === undefined ? undefined : ready['status'] === 'True' ? 'Ready' : 'Not ready',
    record['unschedulable'] === true ? 'cordoned' : undefined,
    said(record, 'kubeletVersion'),
    said(record, 'architecture'),
    withWord('cpu', said(capacity, 'cpu')),
    withWord('memory', said(capacity, 'memory')),
  ];
}

const portOf = (port: Json): string => {
  const target = said(port, 'targetPort');
  const number = said(port, 'port') ?? '?';
  return `${number}${target === undefined || target === number ? '' : `→${target}`}/${said(port, 'protocol') ?? 'TCP'}`;
};

const service = (record: Json): readonly (string | undefined)[] => [
  said(record, 'type'),
  said(record, 'clusterIP') === 'None' ? 'headless' : said(record, 'clusterIP'),
  said(record, 'externalName'),
  listAt(record, 'ports').map(portOf).join(' ') || undefined,
];

function endpointSlice(record: Json): readonly (string | undefined)[] {
  const endpoints = listAt(record, 'endpoints');
  const ready = endpoints.filter((endpoint) => endpoint['ready'] !== false).length;
  return [withWord('of', said(record, 'service')), `${ready} of ${endpoints.length} ready`];
}

const BY_KIND: Readonly<Record<string, (record: Json) => readonly (string | undefined)[]>> = {
  Namespace: (record) => [said(record, 'phase')],
  Node: node,
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  Service: service,
  EndpointSlice: endpointSlice,
  Pod: pod,
};

/** What one wants to see of a resource in a line: `3 of 3 ready · nginx:1.29`. Unknown is left out; a kind this page does not know has nothing. */
export function resourceFacts(kind: string, record: Json): string {
  const facts = Object.hasOwn(BY_KIND, kind) ? (BY_KIND[kind]?.(record) ?? []) : [];
  const going = said(record, 'deletionTimestamp') === undefined ? undefined : 'being deleted';
  return [going, ...facts].filter((fact) => fact !== undefined).join(' · ');
}
