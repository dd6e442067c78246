import { recordOf } from '../examples/all.ts';
import { tagOf } from '../images.ts';
import { namespaceMesh } from './namespace.ts';
import { istioProxyOf } from './proxy.ts';

const proxy = (role: string) => ({
  name: 'istio-proxy',
  image: 'docker.io/istio/proxyv2:1.28.0',
  args: ['proxy', role],
});
const app = { name: 'web', image: 'shop/web:3' };
const found = { image: 'docker.io/istio/proxyv2:1.28.0', tag: '1.28.0' };
const redirected = { annotations: { 'ambient.istio.io/redirection': 'enabled' } };

describe('how a pod takes part in an Istio mesh', () => {
  it.each([
    ['with a sidecar', {}, { containers: [app, proxy('sidecar')] }, { mode: 'sidecar', ...found }],
    [
      'with a sidecar as Kubernetes knows them',
      {},
      { containers: [app], initContainers: [{ ...proxy('sidecar'), restartPolicy: 'Always' }] },
      { mode: 'sidecar', native: true, ...found },
    ],
    ['that is a gateway', {}, { containers: [proxy('router')] }, { mode: 'gateway', ...found }],
    ['that is a waypoint', {}, { containers: [proxy('waypoint')] }, { mode: 'waypoint', ...found }],
    ['that is a ztunnel', {}, { containers: [proxy('ztunnel')] }, { mode: 'ztunnel', ...found }],
    ['whose traffic the node takes', redirected, { containers: [app] }, { mode: 'ambient' }],
    [
      'with a sidecar, whatever the node says',
      redirected,
      { containers: [app, proxy('sidecar')] },
      { mode: 'sidecar', ...found },
    ],
    ['without any', {}, { containers: [app] }, { mode: 'none' }],
    [
      'whose init container only set up the network',
      {},
      { containers: [app], initContainers: [{ name: 'istio-init' }] },
      { mode: 'none' },
    ],
    ['whose proxy has a role that is not known', {}, { containers: [app, { name: 'istio-proxy', args: 'sh' }] }, {}],
    ['that cannot be read', {}, {}, undefined],
    ['whose containers are nonsense', {}, { containers: 'istio-proxy' }, undefined],
  ])('is told for one %s', (_, metadata, spec, expected) => {
    expect(istioProxyOf({ metadata, spec })).toEqual(expected);
  });

  it('names the control plane that injected the proxy', () => {
    const spec = { containers: [proxy('sidecar')] };
    const of = (metadata: object) => istioProxyOf({ metadata, spec })?.revision;
    expect(of({ annotations: { 'sidecar.istio.io/status': '{"revision":"1-28"}' } })).toBe('1-28');
    expect(of({ annotations: { 'sidecar.istio.io/status': 'injected' }, labels: { 'istio.io/rev': 'default' } })).toBe(
      'default',
    );
    expect(of({ annotations: { 'istio.io/rev': 'default' } })).toBe('default');
    expect(of({})).toBeUndefined();
  });

  it('is asked for by a namespace, in words that Istio knows', () => {
    expect(
      namespaceMesh({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'way', 'istio.io/rev': 'canary' }),
    ).toEqual({ dataplaneMode: 'ambient', waypoint: 'way', revision: 'canary' });
    expect(namespaceMesh({ 'istio-injection': 'disabled' })).toEqual({ injection: 'disabled' });
    expect(namespaceMesh({ 'istio-injection': 'true', 'istio.io/dataplane-mode': 'sidecar' })).toBeUndefined();
  });

  it('is ruled by istiod, whose settings are kept as far as they cannot be secrets', () => {
    const container = {
      name: 'discovery',
      image: 'docker.io/istio/pilot:1.28.0',
      args: ['discovery', '--log_output_level=default:info', '--domain', 'cluster.local'],
      env: [
        { name: 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', value: 'true' },
        { name: 'CLUSTER_ID', value: 'Kubernetes' },
        { name: 'SOME_TOKEN', value: 'hunter2' },
      ],
    };
    const of = (labels: object, name: string) =>
      recordOf('deployments.apps', {
        metadata: { uid: 'u', name: 'istiod', labels },
        spec: { template: { spec: { containers: [{ ...container, name }] } } },
      });
    const record = of({ app: 'istiod', 'istio.io/rev': 'canary' }, 'discovery');
    expect(record).toMatchObject({
      istioControlPlane: {
        ...{ revision: 'canary', domain: 'cluster.local', image: 'docker.io/istio/pilot:1.28.0', tag: '1.28.0' },
        settings: { CLUSTER_ID: 'Kubernetes', PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true' },
      },
    });
    expect(JSON.stringify(record)).not.toContain('hunter2');
    expect(of({ app: 'web' }, 'discovery')).not.toHaveProperty('istioControlPlane');
    expect(of({ app: 'istiod' }, 'other')).not.toHaveProperty('istioControlPlane');
  });

  it.each([
    ['shop/web:3', '3'],
    ['host:5000/shop/web', undefined],
    ['host:5000/shop/web:1.2@sha256:abc', '1.2'],
    ['shop/web@sha256:abc', undefined],
    ['shop/web:', undefined],
    ['', undefined],
  ])('the tag of %p is %p', (image, tag) => {
    expect(tagOf(image)).toBe(tag);
  });
});
