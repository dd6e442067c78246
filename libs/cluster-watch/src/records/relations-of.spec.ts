import type { JsonObject } from '../json.ts';
import { objectOf, recordOf } from './examples/all.ts';
import type { Relation } from './relation.ts';
import { relationsOf } from './relations-of.ts';

/** `relation type-or-kind namespace/name{selector}`, which reads better than the objects. */
const word = ({ relation, to }: Relation): string =>
  `${relation} ${to.type ?? `?${to.kind}`} ${to.namespace ?? ''}/${to.name ?? ''}${to.uid === undefined ? '' : `#${to.uid}`}${
    to.selector === undefined ? '' : JSON.stringify(to.selector)
  }`;
const of = (type: string, changes: JsonObject = {}) => relationsOf(recordOf(type, objectOf(type, changes))).map(word);

const GATEWAY = 'gateway.networking.k8s.io';
const WEB = '{"app":"web"}';
const MOUNTS = [
  'configmaps shop/settings',
  'persistentvolumeclaims shop/data',
  'secrets shop/key',
  'secrets shop/tls',
  'secrets shop/tokens',
];
const mounts = MOUNTS.map((each) => `mounts ${each}`);

describe('what an object says of others', () => {
  it.each<[string, readonly string[]]>([
    ['namespaces', []],
    ['nodes', []],
    [
      'pods',
      [
        'owner replicasets.apps shop/owner#owner-uid',
        'runs-on nodes /node-1',
        ...mounts.toSpliced(2, 0, 'mounts persistentvolumeclaims shop/web-scratch'),
      ],
    ],
    ['services', [`selects pods shop/${WEB}`]],
    [
      'persistentvolumes',
      ['binds persistentvolumeclaims shop/data#claim-uid', 'binds storageclasses.storage.k8s.io /fast'],
    ],
    [
      'persistentvolumeclaims',
      [
        'binds persistentvolumes /pv-1',
        'binds storageclasses.storage.k8s.io /fast',
        'selects persistentvolumes /{"tier":"gold"}',
      ],
    ],
    ['secrets', []],
    ['configmaps', []],
    ['deployments.apps', [`selects pods shop/${WEB}`, ...mounts]],
    ['daemonsets.apps', [`selects pods shop/${WEB}`, ...mounts]],
    ['statefulsets.apps', [`selects pods shop/${WEB}`, ...mounts, 'binds services shop/web-headless']],
    [
      'replicasets.apps',
      [
        'owner deployments.apps shop/owner#owner-uid',
        'selects pods shop/{"app":"web","pod-template-hash":"x"}',
        ...mounts,
      ],
    ],
    [
      'jobs.batch',
      [
        'owner cronjobs.batch shop/owner#owner-uid',
        'selects pods shop/{"batch.kubernetes.io/job-name":"web"}',
        ...mounts,
      ],
    ],
    ['cronjobs.batch', mounts],
    ['endpointslices.discovery.k8s.io', ['binds services shop/web', 'routes-to pods shop/web-1#pod-uid']],
    [
      'ingresses.networking.k8s.io',
      [
        'binds ingressclasses.networking.k8s.io /nginx',
        'routes-to ?StorageBucket shop/static',
        'routes-to services shop/web',
        'mounts secrets shop/shop-tls',
      ],
    ],
    [`gatewayclasses.${GATEWAY}`, []],
    [`gateways.${GATEWAY}`, [`binds gatewayclasses.${GATEWAY} /istio`, 'mounts secrets certs/cert']],
    [
      `httproutes.${GATEWAY}`,
      [
        `binds gateways.${GATEWAY} shop/edge`,
        'binds services shop/web',
        'routes-to services shop/web',
        'routes-to services other/web-next',
        'routes-to services shop/shadow',
      ],
    ],
    [`grpcroutes.${GATEWAY}`, [`binds gateways.${GATEWAY} edge/edge`, 'routes-to services shop/cart']],
    [`tcproutes.${GATEWAY}`, [`binds gateways.${GATEWAY} edge/edge`, 'routes-to services shop/db']],
    [`tlsroutes.${GATEWAY}`, [`binds gateways.${GATEWAY} edge/edge`, 'routes-to services shop/db']],
    [`udproutes.${GATEWAY}`, [`binds gateways.${GATEWAY} edge/edge`, 'routes-to services shop/dns']],
    [`referencegrants.${GATEWAY}`, []],
    [
      'virtualservices.networking.istio.io',
      [
        'binds gateways.networking.istio.io shop/edge',
        'binds gateways.networking.istio.io edge-system/public',
        'routes-to services shop/web',
        'routes-to services other/web',
        'routes-to services shop/shadow',
        'routes-to virtualservices.networking.istio.io legacy/old',
        'routes-to ?Host /db.example.com',
      ],
    ],
    ['destinationrules.networking.istio.io', ['binds services shop/web']],
    ['gateways.networking.istio.io', ['selects pods /{"istio":"ingressgateway"}']],
    ['serviceentries.networking.istio.io', []],
    ['sidecars.networking.istio.io', [`selects pods shop/${WEB}`]],
    ['envoyfilters.networking.istio.io', [`selects pods shop/${WEB}`]],
    ['wasmplugins.extensions.istio.io', [`selects pods shop/${WEB}`, 'mounts secrets shop/registry']],
    ['peerauthentications.security.istio.io', [`selects pods shop/${WEB}`]],
    ['requestauthentications.security.istio.io', [`binds gateways.${GATEWAY} shop/edge`]],
    ['authorizationpolicies.security.istio.io', ['selects pods shop/{}']],
    ['istiooperators.install.istio.io', []],
    ['istios.sailoperator.io', ['binds istiorevisions.sailoperator.io /default-v1-28-0']],
  ])('%s', (type, expected) => {
    expect(of(type)).toEqual(expected);
  });

  it('is nothing of a service without a selector, or with an empty one, and a host of one that stands for it', () => {
    expect(of('services', { spec: {} })).toEqual([]);
    expect(of('services', { spec: { selector: {} } })).toEqual([]);
    expect(
      of('services', { spec: { type: 'ExternalName', externalName: 'db.example.com', selector: { a: 'b' } } }),
    ).toEqual(['routes-to ?Host /db.example.com']);
  });

  it('leads from a service entry to the pods behind it, where it names them by labels', () => {
    const spec = { hosts: ['db'], workloadSelector: { labels: { app: 'web' } } };
    expect(of('serviceentries.networking.istio.io', { spec })).toEqual([`selects pods shop/${WEB}`]);
  });

  it('finds the gateways of a virtual service however they are written', () => {
    const gateways = ['mesh', 'a', './b', 'ns/c', 'd.ns.svc.cluster.local', 'e.ns'];
    expect(of('virtualservices.networking.istio.io', { spec: { gateways } })).toEqual(
      ['shop/a', 'shop/b', 'ns/c', 'ns/d', 'ns/e'].map((each) => `binds gateways.networking.istio.io ${each}`),
    );
  });

  it('leads to owners of kinds that nobody knows, by their uid', () => {
    const metadata = {
      ...{ uid: 'u', name: 'n', namespace: 'shop' },
      ownerReferences: [
        { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'a', uid: '1' },
        { apiVersion: 'v1', kind: 'Node', name: 'b', uid: '2' },
        { kind: 'Deployment', name: 'c', uid: '3' },
      ],
    };
    expect(of('secrets', { metadata })).toEqual(['owner ?Gateway /a#1', 'owner nodes /b#2', 'owner ?Deployment /c#3']);
  });

  it('tells the two gateways apart', () => {
    expect(recordOf('gateways.networking.istio.io').kind).toBe(recordOf(`gateways.${GATEWAY}`).kind);
    expect(of('gateways.networking.istio.io')).not.toEqual(of(`gateways.${GATEWAY}`));
  });
});
