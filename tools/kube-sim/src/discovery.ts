import { SIMULATED_KINDS, type SimulatedKind } from './kinds.ts';

const VERBS = ['get', 'list', 'watch'];
const GROUPS = [...new Set(SIMULATED_KINDS.map(({ group }) => group))];
const ofGroup = (group: string): readonly SimulatedKind[] => SIMULATED_KINDS.filter((each) => each.group === group);

const groupDocument = (name: string): object => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
};

const aggregatedGroup = (group: string): object => ({
  metadata: group === '' ? {} : { name: group },
  versions: [
    {
      version: 'v1',
      freshness: 'Current',
      resources: ofGroup(group).map((each) => ({
        resource: each.plural,
        responseKind: { group: each.group, version: each.version, kind: each.kind },
        scope: each.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: each.kind.toLowerCase(),
        verbs: VERBS,
        shortNames: each.shortNames,
      })),
    },
  ],
});

const resourceList = (group: string): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: group === '' ? 'v1' : `${group}/v1`,
  resources: ofGroup(group).map((each) => ({
    name: each.plural,
    singularName: each.kind.toLowerCase(),
    namespaced: each.namespaced,
    kind: each.kind,
    verbs: VERBS,
    shortNames: each.shortNames,
  })),
});

/** The discovery document at `path`, aggregated when the client accepts that; `undefined` where there is none. */
export function discoveryDocument(path: string, accept: string): { body: object; type: string } | undefined {
  const aggregated = accept.includes('as=APIGroupDiscoveryList') && accept.includes('v=v2');
  if (aggregated && (path === '/api' || path === '/apis')) {
    const groups = GROUPS.filter((group) => (path === '/api') === (group === ''));
    return {
      type: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      body: {
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        metadata: {},
        items: groups.map(aggregatedGroup),
      },
    };
  }
  const plain = plainDocument(path);
  return plain === undefined ? undefined : { body: plain, type: 'application/json' };
}

function plainDocument(path: string): object | undefined {
  const named = GROUPS.filter((group) => group !== '');
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupDocument) };
  if (path === '/api/v1') return resourceList('');
  const group = named.find((each) => path === `/apis/${each}/v1`);
  return group === undefined ? undefined : resourceList(group);
}
