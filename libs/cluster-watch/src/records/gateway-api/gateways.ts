import { asWord, at, given, type JsonObject } from '../../json.ts';
import type { Condition, RecordBase } from '../base.ts';
import { conditionsOf, countOf, each, portOf, some } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { relationTo } from '../relation-to.ts';
import { certificateOf, GATEWAY_API, toReference, type GatewayReference } from './references.ts';

export interface GatewayClassRecord extends RecordBase {
  readonly kind: 'GatewayClass';
  /** The controller that looks after gateways of this class, e.g. `istio.io/gateway-controller`. */
  readonly controller?: string;
  readonly conditions: readonly Condition[];
}

export interface GatewayListener {
  readonly name?: string;
  /** Left out for every host. */
  readonly hostname?: string;
  readonly port?: number;
  readonly protocol?: string;
  /** `Terminate` or `Passthrough`, where the listener says it. */
  readonly tlsMode?: string;
  readonly certificates?: readonly GatewayReference[];
  /** From which namespaces routes may attach: `Same`, `All`, `Selector`, `None`. */
  readonly routesFrom?: string;
  /** As the gateway's controller counts them. */
  readonly attachedRoutes?: number;
  readonly conditions?: readonly Condition[];
}

/** A gateway of the Gateway API (`gateway.networking.k8s.io`); Istio's older one is `IstioGatewayRecord`. */
export interface GatewayRecord extends RecordBase {
  readonly kind: 'Gateway';
  readonly className?: string;
  readonly listeners: readonly GatewayListener[];
  /** The addresses that it got, else those that it asks for. */
  readonly addresses?: readonly { readonly type?: string; readonly value: string }[];
  readonly conditions: readonly Condition[];
}

export interface ReferenceGrantRecord extends RecordBase {
  readonly kind: 'ReferenceGrant';
  /** Which objects of other namespaces may refer … */
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  /** … to which objects of this one; without a name, to all of the kind. */
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
}

export const gatewayClassRecord = (base: RecordBase, { spec, status }: JsonObject): GatewayClassRecord =>
  given({
    kind: 'GatewayClass',
    ...base,
    controller: asWord(at(spec, 'controllerName')) ?? asWord(at(spec, 'controller')),
    conditions: conditionsOf(status),
  });

function addressesOf(list: unknown): GatewayRecord['addresses'] {
  return some(
    each(list, (item) => {
      const value = asWord(at(item, 'value'));
      return value === undefined ? undefined : given({ type: asWord(at(item, 'type')), value });
    }),
  );
}

function listenersOf(spec: unknown, status: unknown): readonly GatewayListener[] {
  const statuses = new Map(each(at(status, 'listeners'), (item) => [asWord(at(item, 'name')), item] as const));
  return each(at(spec, 'listeners'), (item) => {
    const name = asWord(at(item, 'name'));
    const own = name === undefined ? undefined : statuses.get(name);
    return given({
      name,
      hostname: asWord(at(item, 'hostname')),
      port: portOf(at(item, 'port')),
      protocol: asWord(at(item, 'protocol')),
      tlsMode: asWord(at(item, 'tls', 'mode')),
      certificates: some(each(at(item, 'tls', 'certificateRefs'), certificateOf)),
      routesFrom: asWord(at(item, 'allowedRoutes', 'namespaces', 'from')),
      attachedRoutes: countOf(at(own, 'attachedRoutes')),
      conditions: some(conditionsOf(own)),
    });
  });
}

/** The same for `v1` and `v1beta1`. */
export const gatewayRecord = (base: RecordBase, { spec, status }: JsonObject): GatewayRecord =>
  given({
    kind: 'Gateway',
    ...base,
    className: asWord(at(spec, 'gatewayClassName')),
    listeners: listenersOf(spec, status),
    addresses: addressesOf(at(status, 'addresses')) ?? addressesOf(at(spec, 'addresses')),
    conditions: conditionsOf(status),
  });

export const referenceGrantRecord = (base: RecordBase, { spec }: JsonObject): ReferenceGrantRecord => ({
  kind: 'ReferenceGrant',
  ...base,
  from: each(at(spec, 'from'), (item) => {
    const kind = asWord(at(item, 'kind'));
    const namespace = asWord(at(item, 'namespace'));
    if (kind === undefined || namespace === undefined) return undefined;
    return { group: asWord(at(item, 'group')) ?? '', kind, namespace };
  }),
  to: each(at(spec, 'to'), (item) => {
    const kind = asWord(at(item, 'kind'));
    if (kind === undefined) return undefined;
    return given({ group: asWord(at(item, 'group')) ?? '', kind, name: asWord(at(item, 'name')) });
  }),
});

/** Its class, and the certificates of its listeners. Source: Gateway API specification, `GatewaySpec`, `ListenerTLSConfig`. */
export const gatewayRelations = ({ namespace, className, listeners }: GatewayRecord): readonly Relation[] => [
  ...(className === undefined
    ? []
    : [relationTo('binds', { group: GATEWAY_API, kind: 'GatewayClass', name: className })]),
  ...listeners.flatMap(({ certificates = [] }) =>
    certificates.map((certificate) => toReference('mounts', namespace, certificate)),
  ),
];
