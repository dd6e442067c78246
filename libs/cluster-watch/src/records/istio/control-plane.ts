import { asBoolean, asList, asWord, at, given, type JsonObject } from '../../json.ts';
import type { Condition, RecordBase } from '../base.ts';
import { conditionsOf, each, someMap } from '../fields.ts';
import { tagOf } from '../images.ts';
import type { Relation } from '../relation.ts';
import { relationTo } from '../relation-to.ts';

/**
 * The configuration of an Istio control plane stands in three places of a real cluster. The deployment of istiod is what runs: read here. The
 * resource of an operator is what was asked for, where there is one: `IstioOperator` up to Istio 1.23, `Istio` of the Sail Operator since. The
 * config map `istio` holds the mesh's configuration: not read, since config maps are not.
 */
export interface IstioControlPlane {
  /** `default` where it was given no name of its own. */
  readonly revision?: string;
  /** The cluster's domain as istiod was told, e.g. `cluster.local`; `serviceOf` knows only that one. */
  readonly domain?: string;
  readonly image?: string;
  /** Of the image; as a rule Istio's version. */
  readonly tag?: string;
  /** Settings of istiod that change what the mesh's resources mean, where they are written down. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** An allow-list: the value of any other variable might be a secret. */
const SETTINGS: ReadonlySet<string> = new Set([
  'CLUSTER_ID',
  'PILOT_ENABLE_ALPHA_GATEWAY_API',
  'PILOT_ENABLE_AMBIENT',
  'PILOT_ENABLE_GATEWAY_API',
  'PILOT_SCOPE_GATEWAY_TO_NAMESPACE',
  'PILOT_TRACE_SAMPLING',
]);

/** istiod's deployment has the label `app: istiod` and a container `discovery`. Source: Istio's chart `istio-discovery`. */
export function controlPlaneOf(
  labels: Readonly<Record<string, string>>,
  podSpec: unknown,
): IstioControlPlane | undefined {
  if (labels['app'] !== 'istiod') return undefined;
  const container = asList(at(podSpec, 'containers')).find((item) => at(item, 'name') === 'discovery');
  if (container === undefined) return undefined;
  const image = asWord(at(container, 'image'));
  const args = asList(at(container, 'args'));
  const settings = each(at(container, 'env'), (item) => {
    const name = asWord(at(item, 'name'));
    const value = asWord(at(item, 'value'));
    return name === undefined || value === undefined || !SETTINGS.has(name) ? undefined : ([name, value] as const);
  });
  return given({
    revision: asWord(labels['istio.io/rev']),
    domain: args.includes('--domain') ? asWord(args[args.indexOf('--domain') + 1]) : undefined,
    image,
    tag: image === undefined ? undefined : tagOf(image),
    settings: someMap(Object.fromEntries(settings)),
  });
}

/** What an operator was asked for. Everything else in it (overlays, values) is not kept: it may hold anything. */
interface IstioInstallation extends RecordBase {
  readonly profile?: string;
  readonly trustDomain?: string;
  /** The namespace whose policies hold for the whole mesh, where it is written down. */
  readonly rootNamespace?: string;
  /** `REGISTRY_ONLY` or `ALLOW_ANY`. */
  readonly outboundTrafficPolicy?: string;
  readonly autoMtls?: boolean;
  /** In the operator's words. */
  readonly state?: string;
}

export interface IstioOperatorRecord extends IstioInstallation {
  readonly kind: 'IstioOperator';
  readonly revision?: string;
  readonly hub?: string;
  readonly tag?: string;
}

export interface SailIstioRecord extends IstioInstallation {
  readonly kind: 'Istio';
  readonly version?: string;
  /** Where istiod runs. */
  readonly controlPlaneNamespace?: string;
  /** `InPlace` or `RevisionBased`. */
  readonly updateStrategy?: string;
  readonly activeRevision?: string;
  readonly conditions: readonly Condition[];
}

const meshOf = (mesh: unknown) => ({
  trustDomain: asWord(at(mesh, 'trustDomain')),
  rootNamespace: asWord(at(mesh, 'rootNamespace')),
  outboundTrafficPolicy: asWord(at(mesh, 'outboundTrafficPolicy', 'mode')),
  autoMtls: asBoolean(at(mesh, 'enableAutoMtls')),
});

export const istioOperatorRecord = (base: RecordBase, { spec, status }: JsonObject): IstioOperatorRecord =>
  given({
    kind: 'IstioOperator',
    ...base,
    profile: asWord(at(spec, 'profile')),
    revision: asWord(at(spec, 'revision')),
    hub: asWord(at(spec, 'hub')),
    tag: asWord(at(spec, 'tag')),
    ...meshOf(at(spec, 'meshConfig')),
    state: asWord(at(status, 'status')),
  });

/** The same for `v1` and `v1alpha1`. */
export const sailIstioRecord = (base: RecordBase, { spec, status }: JsonObject): SailIstioRecord =>
  given({
    kind: 'Istio',
    ...base,
    profile: asWord(at(spec, 'profile')),
    version: asWord(at(spec, 'version')),
    controlPlaneNamespace: asWord(at(spec, 'namespace')),
    updateStrategy: asWord(at(spec, 'updateStrategy', 'type')),
    ...meshOf(at(spec, 'values', 'meshConfig')),
    activeRevision: asWord(at(status, 'activeRevisionName')),
    state: asWord(at(status, 'state')),
    conditions: conditionsOf(status),
  });

/** The revision that is in use. Source: Sail Operator, API reference `IstioStatus`. */
export const sailIstioRelations = ({ activeRevision: name }: SailIstioRecord): readonly Relation[] =>
  name === undefined ? [] : [relationTo('binds', { group: 'sailoperator.io', kind: 'IstioRevision', name })];
