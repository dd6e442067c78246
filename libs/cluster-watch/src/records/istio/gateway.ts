import { asBoolean, asObject, asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase, Selector } from '../base.ts';
import { each, mapOf, portOf, wordsOf } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { selectsPods } from '../relation-to.ts';

export interface IstioPort {
  readonly number?: number;
  readonly name?: string;
  readonly protocol?: string;
}

export interface IstioServer {
  readonly name?: string;
  readonly port?: IstioPort;
  /** As written, with or without a namespace before a slash. */
  readonly hosts: readonly string[];
  /** `PASSTHROUGH`, `SIMPLE`, `MUTUAL`, `AUTO_PASSTHROUGH`, `ISTIO_MUTUAL`, `OPTIONAL_MUTUAL`; left out where the server has no TLS. */
  readonly tlsMode?: string;
  /** Name of the secret with the certificate, in the namespace of the gateway's pods. */
  readonly credential?: string;
  readonly httpsRedirect?: boolean;
}

/** Istio's own gateway (`networking.istio.io`); that of the Gateway API is `GatewayRecord`. */
export interface IstioGatewayRecord extends RecordBase {
  readonly kind: 'Gateway';
  readonly selector?: Selector;
  readonly servers: readonly IstioServer[];
}

export function istioPort(port: unknown): IstioPort | undefined {
  const found = given({
    number: portOf(at(port, 'number')),
    name: asWord(at(port, 'name')),
    protocol: asWord(at(port, 'protocol')),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

const server = (item: unknown): IstioServer =>
  given({
    name: asWord(at(item, 'name')),
    port: istioPort(at(item, 'port')),
    hosts: wordsOf(at(item, 'hosts')),
    tlsMode: asWord(at(item, 'tls', 'mode')),
    credential: asWord(at(item, 'tls', 'credentialName')),
    httpsRedirect: asBoolean(at(item, 'tls', 'httpsRedirect')),
  });

/** The same for `v1`, `v1beta1` and `v1alpha3`. */
export const istioGatewayRecord = (base: RecordBase, { spec }: JsonObject): IstioGatewayRecord =>
  given({
    kind: 'Gateway',
    ...base,
    selector: asObject(at(spec, 'selector')) === undefined ? undefined : mapOf(at(spec, 'selector')),
    servers: each(at(spec, 'servers'), server),
  });

/**
 * The pods that serve it, in whatever namespace: that is Istio's default, and a control plane set to look only into the gateway's own
 * (`PILOT_SCOPE_GATEWAY_TO_NAMESPACE`, kept with istiod's deployment) uses fewer. The secrets of its certificates are in the namespace of those
 * pods, which the gateway does not say, so no relation leads to them. Source: Istio, reference "Gateway".
 */
export const istioGatewayRelations = ({ selector }: IstioGatewayRecord): readonly Relation[] =>
  selector === undefined || Object.keys(selector).length === 0 ? [] : [selectsPods(undefined, selector)];
