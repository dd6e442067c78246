import { example, type Example } from './example.ts';

const GROUP = 'gateway.networking.k8s.io';
const condition = (type: string) => ({
  type,
  status: 'True',
  reason: type,
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const status = {
  parents: [
    { parentRef: { name: 'edge' }, controllerName: 'istio.io/gateway-controller', conditions: [condition('Accepted')] },
  ],
};
const parentRefs = [{ group: GROUP, kind: 'Gateway', namespace: 'edge', name: 'edge', sectionName: 'https' }];

export const GATEWAY_API_EXAMPLES: readonly Example[] = [
  example(
    GROUP,
    'GatewayClass',
    ['v1', 'v1beta1'],
    {},
    {
      spec: { controllerName: 'istio.io/gateway-controller' },
      status: { conditions: [condition('Accepted')] },
    },
  ),
  example(
    GROUP,
    'Gateway',
    ['v1', 'v1beta1'],
    {},
    {
      spec: {
        gatewayClassName: 'istio',
        listeners: [
          {
            ...{ name: 'https', hostname: '*.example.com', port: 443, protocol: 'HTTPS' },
            tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'cert', namespace: 'certs' }] },
            allowedRoutes: { namespaces: { from: 'All' } },
          },
        ],
      },
      status: {
        addresses: [{ type: 'IPAddress', value: '1.2.3.4' }],
        conditions: [condition('Programmed')],
        listeners: [{ name: 'https', attachedRoutes: 2, conditions: [condition('ResolvedRefs')] }],
      },
    },
  ),
  example(
    GROUP,
    'HTTPRoute',
    ['v1', 'v1beta1', 'v1alpha2'],
    {},
    {
      spec: {
        parentRefs: [{ name: 'edge' }, { group: '', kind: 'Service', name: 'web' }],
        hostnames: ['shop.example.com'],
        rules: [
          {
            matches: [
              {
                ...{ path: { type: 'PathPrefix', value: '/' }, method: 'GET' },
                headers: [{ name: 'authorization', value: 'Bearer hunter2' }],
              },
            ],
            filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'shadow', port: 80 } } }],
            backendRefs: [
              { name: 'web', port: 80, weight: 9 },
              { group: '', kind: 'Service', namespace: 'other', name: 'web-next', port: 80, weight: 1 },
            ],
          },
        ],
      },
      status,
    },
  ),
  example(
    GROUP,
    'GRPCRoute',
    ['v1', 'v1alpha2'],
    {},
    {
      spec: {
        parentRefs,
        rules: [
          {
            matches: [{ method: { service: 'shop.Cart', method: 'Add' } }],
            backendRefs: [{ name: 'cart', port: 9000 }],
          },
        ],
      },
      status,
    },
  ),
  example(
    GROUP,
    'TCPRoute',
    ['v1alpha2'],
    {},
    { spec: { parentRefs, rules: [{ backendRefs: [{ name: 'db', port: 5432 }] }] }, status },
  ),
  example(
    GROUP,
    'TLSRoute',
    ['v1', 'v1alpha3', 'v1alpha2'],
    {},
    {
      spec: { parentRefs, hostnames: ['db.example.com'], rules: [{ backendRefs: [{ name: 'db', port: 5432 }] }] },
      status,
    },
  ),
  example(
    GROUP,
    'UDPRoute',
    ['v1alpha2'],
    {},
    { spec: { parentRefs, rules: [{ backendRefs: [{ name: 'dns', port: 53 }] }] }, status },
  ),
  example(
    GROUP,
    'ReferenceGrant',
    ['v1', 'v1beta1', 'v1alpha2'],
    {},
    {
      spec: {
        from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'other' }],
        to: [{ group: '', kind: 'Service', name: 'web' }],
      },
    },
  ),
];
