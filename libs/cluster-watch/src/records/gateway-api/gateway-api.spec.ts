import { objectOf, recordOf } from '../examples/all.ts';

const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted' };
const GROUP = 'gateway.networking.k8s.io';

describe('records of the Gateway API', () => {
  it('keep classes and gateways, with what became of their listeners', () => {
    expect(recordOf(`gatewayclasses.${GROUP}`)).toMatchObject({
      controller: 'istio.io/gateway-controller',
      conditions: [accepted],
    });
    expect(recordOf(`gateways.${GROUP}`)).toMatchObject({
      className: 'istio',
      listeners: [
        {
          ...{ name: 'https', hostname: '*.example.com', port: 443, protocol: 'HTTPS', tlsMode: 'Terminate' },
          certificates: [{ group: '', kind: 'Secret', name: 'cert', namespace: 'certs' }],
          ...{ routesFrom: 'All', attachedRoutes: 2, conditions: [{ type: 'ResolvedRefs', status: 'True' }] },
        },
      ],
      addresses: [{ type: 'IPAddress', value: '1.2.3.4' }],
    });
  });

  it('keep the backends of routes with their weights, what defaults mean, and how far parents took them in', () => {
    expect(recordOf(`httproutes.${GROUP}`)).toMatchObject({
      parents: [
        { group: GROUP, kind: 'Gateway', name: 'edge' },
        { group: '', kind: 'Service', name: 'web' },
      ],
      hostnames: ['shop.example.com'],
      rules: [
        {
          matches: [{ pathType: 'PathPrefix', path: '/', method: 'GET', headers: ['authorization'] }],
          backends: [
            { group: '', kind: 'Service', name: 'web', port: 80, weight: 9 },
            { group: '', kind: 'Service', namespace: 'other', name: 'web-next', port: 80, weight: 1 },
          ],
          mirrors: [{ group: '', kind: 'Service', name: 'shadow', port: 80 }],
          filters: ['RequestMirror'],
        },
      ],
      statuses: [{ parent: { name: 'edge' }, controller: 'istio.io/gateway-controller', conditions: [accepted] }],
    });
    expect(recordOf(`grpcroutes.${GROUP}`)).toMatchObject({
      parents: [{ namespace: 'edge', name: 'edge', section: 'https' }],
      rules: [{ matches: [{ grpcService: 'shop.Cart', grpcMethod: 'Add' }], backends: [{ name: 'cart', port: 9000 }] }],
    });
    for (const [type, name] of [
      ['tcproutes', 'db'],
      ['tlsroutes', 'db'],
      ['udproutes', 'dns'],
    ])
      expect(recordOf(`${type}.${GROUP}`)).toMatchObject({ rules: [{ backends: [{ kind: 'Service', name }] }] });
  });

  it('are the same in whatever order controllers write what they think', () => {
    const type = `httproutes.${GROUP}`;
    const status = (names: readonly string[]) => ({
      parents: names.map((name) => ({ parentRef: { name }, controllerName: name, conditions: [] })),
    });
    const of = (names: readonly string[]) => recordOf(type, objectOf(type, { status: status(names) }));
    expect(of(['b', 'a'])).toEqual(of(['a', 'b']));
  });

  it('keep who may refer to what', () => {
    expect(recordOf(`referencegrants.${GROUP}`)).toMatchObject({
      from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'other' }],
      to: [{ group: '', kind: 'Service', name: 'web' }],
    });
  });
});
