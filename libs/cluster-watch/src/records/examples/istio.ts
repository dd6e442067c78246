import { example, type Example } from './example.ts';

const NETWORKING = 'networking.istio.io';
const SECURITY = 'security.istio.io';
const THREE = ['v1', 'v1beta1', 'v1alpha3'] as const;
const selector = { matchLabels: { app: 'web' } };
const workloadSelector = { labels: { app: 'web' } };

export const ISTIO_EXAMPLES: readonly Example[] = [
  example(
    NETWORKING,
    'VirtualService',
    THREE,
    {},
    {
      spec: {
        hosts: ['web', 'shop.example.com'],
        gateways: ['mesh', 'edge', 'edge-system/public'],
        http: [
          {
            name: 'canary',
            match: [{ uri: { prefix: '/api' }, headers: { authorization: { exact: 'Bearer hunter2' } } }],
            route: [
              { destination: { host: 'web', subset: 'v1', port: { number: 80 } }, weight: 90 },
              { destination: { host: 'web.other.svc.cluster.local', subset: 'v2' }, weight: 10 },
            ],
            mirror: { host: 'shadow' },
            timeout: '5s',
            retries: { attempts: 3 },
          },
          { match: [{ uri: { exact: '/old' } }], delegate: { name: 'old', namespace: 'legacy' } },
        ],
        tls: [
          {
            match: [{ port: 443, sniHosts: ['db.example.com'] }],
            route: [{ destination: { host: 'db.example.com' } }],
          },
        ],
      },
    },
  ),
  example(
    NETWORKING,
    'DestinationRule',
    THREE,
    {},
    {
      spec: {
        host: 'web',
        trafficPolicy: {
          ...{ tls: { mode: 'ISTIO_MUTUAL' }, loadBalancer: { simple: 'LEAST_REQUEST' }, outlierDetection: {} },
          portLevelSettings: [{ port: { number: 5432 }, tls: { mode: 'DISABLE' } }],
        },
        subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: { loadBalancer: { consistentHash: {} } } }],
      },
    },
  ),
  example(
    NETWORKING,
    'Gateway',
    THREE,
    {},
    {
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            hosts: ['shop/*.example.com'],
            tls: { mode: 'SIMPLE', credentialName: 'shop-cert' },
          },
        ],
      },
    },
  ),
  example(
    NETWORKING,
    'ServiceEntry',
    THREE,
    {},
    {
      spec: {
        ...{ hosts: ['db.example.com'], location: 'MESH_EXTERNAL', resolution: 'STATIC' },
        ports: [{ number: 5432, name: 'tcp-db', protocol: 'TCP' }],
        endpoints: [{ address: '192.0.2.1', ports: { 'tcp-db': 15432 }, locality: 'eu-1/eu-1a', weight: 3 }],
      },
    },
  ),
  example(
    NETWORKING,
    'Sidecar',
    THREE,
    {},
    {
      spec: {
        workloadSelector,
        egress: [{ hosts: ['./*', 'istio-system/*'] }],
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      },
    },
  ),
  example(
    NETWORKING,
    'EnvoyFilter',
    ['v1alpha3'],
    {},
    {
      spec: {
        workloadSelector,
        priority: -1,
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: { context: 'SIDECAR_INBOUND' },
            patch: { operation: 'INSERT_BEFORE', value: { inlineCode: 'local password = "hunter2"' } },
          },
        ],
      },
    },
  ),
  example(
    'extensions.istio.io',
    'WasmPlugin',
    ['v1alpha1'],
    {},
    {
      spec: {
        ...{ selector, url: 'https://user:hunter2@registry.example.com/filter.wasm?sig=hunter2', phase: 'AUTHN' },
        ...{
          imagePullSecret: 'registry',
          pluginConfig: { key: 'hunter2' },
          vmConfig: { env: [{ name: 'TOKEN', value: 'hunter2' }] },
        },
      },
    },
  ),
  example(
    SECURITY,
    'PeerAuthentication',
    ['v1', 'v1beta1'],
    {},
    {
      spec: { selector, mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } },
    },
  ),
  example(
    SECURITY,
    'RequestAuthentication',
    ['v1', 'v1beta1'],
    {},
    {
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }],
        jwtRules: [
          { issuer: 'https://id.example.com', audiences: ['shop'], jwksUri: 'https://id.example.com/keys' },
          { issuer: 'self', jwks: '{"keys":[]}' },
        ],
      },
    },
  ),
  example(
    SECURITY,
    'AuthorizationPolicy',
    ['v1', 'v1beta1'],
    {},
    {
      spec: {
        action: 'DENY',
        rules: [
          {
            from: [{ source: { notPrincipals: ['cluster.local/ns/shop/sa/web'], namespaces: ['other'] } }],
            to: [{ operation: { methods: ['POST'], paths: ['/admin/*'] } }],
            when: [{ key: 'request.headers[x-token]', values: ['hunter2'] }],
          },
        ],
      },
    },
  ),
  example(
    'install.istio.io',
    'IstioOperator',
    ['v1alpha1'],
    {},
    {
      spec: {
        ...{ profile: 'default', revision: '1-23-0', hub: 'docker.io/istio', tag: '1.23.0' },
        meshConfig: { rootNamespace: 'istio-system', outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } },
        values: { global: { remotePilotAddress: 'hunter2' } },
      },
      status: { status: 'HEALTHY' },
    },
  ),
  example(
    'sailoperator.io',
    'Istio',
    ['v1', 'v1alpha1'],
    {},
    {
      spec: {
        ...{ version: 'v1.28.0', namespace: 'istio-system', updateStrategy: { type: 'RevisionBased' } },
        values: { meshConfig: { trustDomain: 'shop.example', enableAutoMtls: true } },
      },
      status: { state: 'Healthy', activeRevisionName: 'default-v1-28-0' },
    },
  ),
];
