import { asObject, asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase, Selector } from '../base.ts';
import { each, mapOf, portOf, some, someWords } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { selectsPods } from '../relation-to.ts';
import { toIstioHost } from './host.ts';
import { selectorOf } from './workload-selector.ts';

/** What is asked of the connections to a host. */
export interface TrafficPolicy {
  /** `DISABLE`, `SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`. */
  readonly tlsMode?: string;
  /** E.g. `LEAST_REQUEST`; `consistentHash` where a hash decides. */
  readonly loadBalancer?: string;
  readonly connectionPool?: true;
  readonly outlierDetection?: true;
}

export interface DestinationRuleRecord extends RecordBase {
  readonly kind: 'DestinationRule';
  /** As it is written. */
  readonly host?: string;
  readonly exportTo?: readonly string[];
  readonly policy?: TrafficPolicy;
  /** Where a port has a policy of its own. */
  readonly ports?: readonly (TrafficPolicy & { readonly port: number })[];
  readonly subsets?: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly policy?: TrafficPolicy;
  }[];
  /** The pods whose calls it is for; left out where it is for all. */
  readonly selector?: Selector;
}

function policyOf(policy: unknown): TrafficPolicy | undefined {
  const hashes = asObject(at(policy, 'loadBalancer', 'consistentHash')) !== undefined;
  const has = (field: string): true | undefined => (asObject(at(policy, field)) === undefined ? undefined : true);
  const found = given({
    tlsMode: asWord(at(policy, 'tls', 'mode')),
    loadBalancer: asWord(at(policy, 'loadBalancer', 'simple')) ?? (hashes ? 'consistentHash' : undefined),
    connectionPool: has('connectionPool'),
    outlierDetection: has('outlierDetection'),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The same for `v1`, `v1beta1` and `v1alpha3`. */
export function destinationRuleRecord(base: RecordBase, { spec }: JsonObject): DestinationRuleRecord {
  return given({
    kind: 'DestinationRule',
    ...base,
    host: asWord(at(spec, 'host')),
    exportTo: someWords(at(spec, 'exportTo')),
    policy: policyOf(at(spec, 'trafficPolicy')),
    ports: some(
      each(at(spec, 'trafficPolicy', 'portLevelSettings'), (item) => {
        const port = portOf(at(item, 'port', 'number'));
        return port === undefined ? undefined : { port, ...policyOf(item) };
      }),
    ),
    subsets: some(
      each(at(spec, 'subsets'), (item) => {
        const name = asWord(at(item, 'name'));
        if (name === undefined) return undefined;
        return given({ name, labels: mapOf(at(item, 'labels')), policy: policyOf(at(item, 'trafficPolicy')) });
      }),
    ),
    selector: selectorOf(spec),
  });
}

/** It belongs to the host it is about, and is used by the pods it selects. Source: Istio, reference "Destination Rule". */
export const destinationRuleRelations = ({ namespace, host, selector }: DestinationRuleRecord): readonly Relation[] => [
  ...(host === undefined ? [] : [toIstioHost('binds', host, namespace)]),
  ...(selector === undefined ? [] : [selectsPods(namespace, selector)]),
];
