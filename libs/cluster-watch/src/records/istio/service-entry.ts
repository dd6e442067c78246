import { asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase, Selector } from '../base.ts';
import { countOf, each, keysOf, portOf, some, someMap, someWords, wordsOf } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { selectsPods } from '../relation-to.ts';
import { istioPort, type IstioPort } from './gateway.ts';
import { selectorOf } from './workload-selector.ts';

export interface ServiceEntryEndpoint {
  readonly address?: string;
  /** Port numbers by the names of the service's ports. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
}

/** A service that the mesh knows without Kubernetes knowing it. */
export interface ServiceEntryRecord extends RecordBase {
  readonly kind: 'ServiceEntry';
  readonly hosts: readonly string[];
  readonly addresses?: readonly string[];
  readonly ports?: readonly IstioPort[];
  /** `MESH_EXTERNAL` or `MESH_INTERNAL`. */
  readonly location?: string;
  /** `NONE`, `STATIC`, `DNS`, `DNS_ROUND_ROBIN`, `DYNAMIC_DNS`. */
  readonly resolution?: string;
  readonly endpoints?: readonly ServiceEntryEndpoint[];
  readonly selector?: Selector;
  readonly exportTo?: readonly string[];
  readonly subjectAltNames?: readonly string[];
}

function portsOf(ports: unknown): Readonly<Record<string, number>> | undefined {
  const entries = keysOf(ports).flatMap((name) => {
    const port = portOf(at(ports, name));
    return port === undefined || name === '__proto__' ? [] : [[name, port] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const endpoint = (item: unknown): ServiceEntryEndpoint =>
  given({
    address: asWord(at(item, 'address')),
    ports: portsOf(at(item, 'ports')),
    labels: someMap(at(item, 'labels')),
    network: asWord(at(item, 'network')),
    locality: asWord(at(item, 'locality')),
    weight: countOf(at(item, 'weight')),
    serviceAccount: asWord(at(item, 'serviceAccount')),
  });

/** The same for `v1`, `v1beta1` and `v1alpha3`. */
export const serviceEntryRecord = (base: RecordBase, { spec }: JsonObject): ServiceEntryRecord =>
  given({
    kind: 'ServiceEntry',
    ...base,
    hosts: wordsOf(at(spec, 'hosts')),
    addresses: someWords(at(spec, 'addresses')),
    ports: some(each(at(spec, 'ports'), istioPort)),
    location: asWord(at(spec, 'location')),
    resolution: asWord(at(spec, 'resolution')),
    endpoints: some(each(at(spec, 'endpoints'), endpoint)),
    selector: selectorOf(spec),
    exportTo: someWords(at(spec, 'exportTo')),
    subjectAltNames: someWords(at(spec, 'subjectAltNames')),
  });

/** The pods of its namespace that stand behind its hosts; workload entries may stand there too. Source: Istio, reference "Service Entry". */
export const serviceEntryRelations = ({ namespace, selector }: ServiceEntryRecord): readonly Relation[] =>
  selector === undefined ? [] : [selectsPods(namespace, selector)];
