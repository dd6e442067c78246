import { recordOf } from '../examples/all.ts';
import { serviceOf } from './host.ts';

describe('records of Istio', () => {
  it('keep where a virtual service sends traffic, with its shares', () => {
    expect(recordOf('virtualservices.networking.istio.io')).toMatchObject({
      hosts: ['web', 'shop.example.com'],
      gateways: ['mesh', 'edge', 'edge-system/public'],
      routes: [
        {
          protocol: 'http',
          name: 'canary',
          matches: [{ uri: 'prefix /api', headers: ['authorization'] }],
          destinations: [
            { host: 'web', subset: 'v1', port: 80, weight: 90 },
            { host: 'web.other.svc.cluster.local', subset: 'v2', weight: 10 },
          ],
          mirrors: [{ host: 'shadow' }],
          features: ['retries', 'timeout'],
        },
        { protocol: 'http', matches: [{ uri: 'exact /old' }], delegate: { name: 'old', namespace: 'legacy' } },
        {
          protocol: 'tls',
          matches: [{ port: 443, sniHosts: ['db.example.com'] }],
          destinations: [{ host: 'db.example.com' }],
        },
      ],
    });
  });

  it('keep the TLS and load balancing of destinations, by port and subset', () => {
    expect(recordOf('destinationrules.networking.istio.io')).toMatchObject({
      host: 'web',
      policy: { tlsMode: 'ISTIO_MUTUAL', loadBalancer: 'LEAST_REQUEST', outlierDetection: true },
      ports: [{ port: 5432, tlsMode: 'DISABLE' }],
      subsets: [{ name: 'v1', labels: { version: 'v1' }, policy: { loadBalancer: 'consistentHash' } }],
    });
  });

  it('keep gateways, service entries, sidecars and filters', () => {
    expect(recordOf('gateways.networking.istio.io')).toMatchObject({
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          ...{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['shop/*.example.com'] },
          ...{ tlsMode: 'SIMPLE', credential: 'shop-cert' },
        },
      ],
    });
    expect(recordOf('serviceentries.networking.istio.io')).toMatchObject({
      ...{ hosts: ['db.example.com'], location: 'MESH_EXTERNAL', resolution: 'STATIC' },
      endpoints: [{ address: '192.0.2.1', ports: { 'tcp-db': 15432 }, locality: 'eu-1/eu-1a', weight: 3 }],
    });
    expect(recordOf('sidecars.networking.istio.io')).toMatchObject({
      ...{ selector: { app: 'web' }, egress: [{ hosts: ['./*', 'istio-system/*'] }] },
      outboundTrafficPolicy: 'REGISTRY_ONLY',
    });
    expect(recordOf('envoyfilters.networking.istio.io')).toMatchObject({
      ...{ selector: { app: 'web' }, priority: -1 },
      patches: [{ applyTo: 'HTTP_FILTER', context: 'SIDECAR_INBOUND', operation: 'INSERT_BEFORE' }],
    });
    expect(recordOf('wasmplugins.extensions.istio.io')).toMatchObject({
      ...{ url: 'https://registry.example.com/filter.wasm', phase: 'AUTHN', imagePullSecret: 'registry' },
    });
  });

  it('keep what is asked of peers and requests', () => {
    expect(recordOf('peerauthentications.security.istio.io')).toMatchObject({
      ...{ selector: { app: 'web' }, mtlsMode: 'STRICT', portMtlsModes: { '8080': 'DISABLE' } },
    });
    expect(recordOf('requestauthentications.security.istio.io')).toMatchObject({
      targets: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }],
      rules: [
        { issuer: 'https://id.example.com', audiences: ['shop'], jwksUri: 'https://id.example.com/keys' },
        { issuer: 'self', inlineKeys: true },
      ],
    });
    expect(recordOf('authorizationpolicies.security.istio.io')).toMatchObject({
      action: 'DENY',
      rules: [
        {
          from: [{ notPrincipals: ['cluster.local/ns/shop/sa/web'], namespaces: ['other'] }],
          to: [{ methods: ['POST'], paths: ['/admin/*'] }],
          when: ['request.headers[x-token]'],
        },
      ],
    });
  });

  it('keep what an operator was asked for', () => {
    expect(recordOf('istiooperators.install.istio.io')).toMatchObject({
      ...{ profile: 'default', revision: '1-23-0', hub: 'docker.io/istio', tag: '1.23.0', state: 'HEALTHY' },
      ...{ rootNamespace: 'istio-system', outboundTrafficPolicy: 'REGISTRY_ONLY' },
    });
    expect(recordOf('istios.sailoperator.io')).toMatchObject({
      ...{ version: 'v1.28.0', controlPlaneNamespace: 'istio-system', updateStrategy: 'RevisionBased' },
      ...{ trustDomain: 'shop.example', autoMtls: true, state: 'Healthy', activeRevision: 'default-v1-28-0' },
    });
  });
});

describe('a host of Istio', () => {
  it.each([
    ['reviews', { namespace: 'shop', name: 'reviews' }],
    ['reviews.prod.svc.cluster.local', { namespace: 'prod', name: 'reviews' }],
    ['reviews.prod', undefined],
    ['reviews.prod.svc', undefined],
    ['reviews.prod.svc.example.org', undefined],
    ['reviews.prod.svc.clusterset.local', undefined],
    ['*', undefined],
    ['*.prod.svc.cluster.local', undefined],
    ['*.example.com', undefined],
    ['api.example.com', undefined],
    ['192.0.2.1', undefined],
    ['fd00::1', undefined],
    ['', undefined],
  ])('%p in the namespace shop is the service %p', (host, service) => {
    expect(serviceOf(host, 'shop')).toEqual(service);
  });

  it('without a dot means nothing where there is no namespace', () => {
    expect(serviceOf('reviews', undefined)).toBeUndefined();
  });
});
