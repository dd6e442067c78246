import { asNumber, asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase } from '../base.ts';
import { each, some, withoutSecrets, wordsOf } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { relationTo } from '../relation-to.ts';
import { istioPort, type IstioPort } from './gateway.ts';
import { appliesTo, selectorOf, targetsOf, type Applies } from './workload-selector.ts';

/** What the proxies beside some pods may reach, and how they are reached. */
export interface SidecarRecord extends RecordBase, Applies {
  readonly kind: 'Sidecar';
  readonly ingress?: readonly { readonly port?: IstioPort; readonly defaultEndpoint?: string }[];
  /** Hosts as written, `namespace/host` with wildcards; they say what is visible, not where traffic goes. */
  readonly egress?: readonly { readonly port?: IstioPort; readonly hosts: readonly string[] }[];
  /** `REGISTRY_ONLY` or `ALLOW_ANY`. */
  readonly outboundTrafficPolicy?: string;
}

/** Which parts of Envoy's configuration are changed; never to what. */
export interface EnvoyFilterRecord extends RecordBase, Applies {
  readonly kind: 'EnvoyFilter';
  readonly priority?: number;
  readonly patches: readonly { readonly applyTo?: string; readonly context?: string; readonly operation?: string }[];
}

/** Its own configuration and its environment are never kept: both may hold secrets. */
export interface WasmPluginRecord extends RecordBase, Applies {
  readonly kind: 'WasmPlugin';
  /** Where the module comes from, without user, password and query. */
  readonly url?: string;
  readonly sha256?: string;
  readonly pluginName?: string;
  readonly phase?: string;
  readonly priority?: number;
  readonly failStrategy?: string;
  readonly imagePullSecret?: string;
}

/** The same for `v1`, `v1beta1` and `v1alpha3`. */
export const sidecarRecord = (base: RecordBase, { spec }: JsonObject): SidecarRecord =>
  given({
    kind: 'Sidecar',
    ...base,
    selector: selectorOf(spec),
    ingress: some(
      each(at(spec, 'ingress'), (item) =>
        given({ port: istioPort(at(item, 'port')), defaultEndpoint: asWord(at(item, 'defaultEndpoint')) }),
      ),
    ),
    egress: some(
      each(at(spec, 'egress'), (item) =>
        given({ port: istioPort(at(item, 'port')), hosts: wordsOf(at(item, 'hosts')) }),
      ),
    ),
    outboundTrafficPolicy: asWord(at(spec, 'outboundTrafficPolicy', 'mode')),
  });

export const envoyFilterRecord = (base: RecordBase, { spec }: JsonObject): EnvoyFilterRecord =>
  given({
    kind: 'EnvoyFilter',
    ...base,
    selector: selectorOf(spec),
    targets: targetsOf(spec),
    priority: asNumber(at(spec, 'priority')),
    patches: each(at(spec, 'configPatches'), (item) =>
      given({
        applyTo: asWord(at(item, 'applyTo')),
        context: asWord(at(item, 'match', 'context')),
        operation: asWord(at(item, 'patch', 'operation')),
      }),
    ),
  });

export const wasmPluginRecord = (base: RecordBase, { spec }: JsonObject): WasmPluginRecord =>
  given({
    kind: 'WasmPlugin',
    ...base,
    selector: selectorOf(spec),
    targets: targetsOf(spec),
    url: withoutSecrets(asWord(at(spec, 'url'))),
    sha256: asWord(at(spec, 'sha256')),
    pluginName: asWord(at(spec, 'pluginName')),
    phase: asWord(at(spec, 'phase')),
    priority: asNumber(at(spec, 'priority')),
    failStrategy: asWord(at(spec, 'failStrategy')),
    imagePullSecret: asWord(at(spec, 'imagePullSecret')),
  });

/** Beside what it applies to, the secret of its own namespace with which its module is fetched. Source: Istio, reference "Wasm Plugin". */
export const wasmPluginRelations = (record: WasmPluginRecord): readonly Relation[] => {
  const { namespace, imagePullSecret: name } = record;
  const secret = name === undefined ? [] : [relationTo('mounts', { group: '', kind: 'Secret', namespace, name })];
  return [...appliesTo(record), ...secret];
};
