import { asWord, at, given } from '../../json.ts';
import type { Condition } from '../base.ts';
import { conditionsOf, countOf, each, portOf, some } from '../fields.ts';
import type { Relation } from '../relation.ts';
import { relationTo, type RelationKind } from '../relation-to.ts';

export const GATEWAY_API = 'gateway.networking.k8s.io';

/** An object named in a Gateway API resource; what was left out there has the default that the specification gives it. */
export interface GatewayReference {
  readonly group: string;
  readonly kind: string;
  /** Left out where it is that of the resource itself. */
  readonly namespace?: string;
  readonly name: string;
}

export interface BackendReference extends GatewayReference {
  readonly port?: number;
  /** Its share of the sum over the rule's backends; left out where it has the default, 1. */
  readonly weight?: number;
}

export interface ParentReference extends GatewayReference {
  /** A listener, or a port's name. */
  readonly section?: string;
  readonly port?: number;
}

/** How far a parent took a resource in, in the words of the controller that looks after the parent. */
export interface ParentStatus {
  readonly parent: ParentReference;
  readonly controller?: string;
  readonly conditions: readonly Condition[];
}

/** The empty group is the core group, and is said; only a missing one is a default. */
function referenceOf(value: unknown, group: string, kind: string): GatewayReference | undefined {
  const name = asWord(at(value, 'name'));
  if (name === undefined) return undefined;
  const stated = at(value, 'group');
  return given({
    group: stated === '' ? '' : (asWord(stated) ?? group),
    kind: asWord(at(value, 'kind')) ?? kind,
    namespace: asWord(at(value, 'namespace')),
    name,
  });
}

/** By default a service. Source: Gateway API specification, `BackendObjectReference`. */
export function backendOf(value: unknown): BackendReference | undefined {
  const reference = referenceOf(value, '', 'Service');
  return reference === undefined
    ? undefined
    : given({ ...reference, port: portOf(at(value, 'port')), weight: countOf(at(value, 'weight')) });
}

/** By default a gateway. Source: Gateway API specification, `ParentReference`. */
export function parentOf(value: unknown): ParentReference | undefined {
  const reference = referenceOf(value, GATEWAY_API, 'Gateway');
  return reference === undefined
    ? undefined
    : given({ ...reference, section: asWord(at(value, 'sectionName')), port: portOf(at(value, 'port')) });
}

/** By default a secret. Source: Gateway API specification, `SecretObjectReference`. */
export const certificateOf = (value: unknown): GatewayReference | undefined => referenceOf(value, '', 'Secret');

/** Each controller writes its own, in no promised order. */
export function parentStatusesOf(status: unknown): readonly ParentStatus[] | undefined {
  const statuses = each(at(status, 'parents'), (item) => {
    const parent = parentOf(at(item, 'parentRef'));
    if (parent === undefined) return undefined;
    return given({ parent, controller: asWord(at(item, 'controllerName')), conditions: conditionsOf(item) });
  });
  const key = ({ parent, controller }: ParentStatus): string => JSON.stringify([controller, parent]);
  return some([...statuses].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)));
}

/** A reference without a namespace means that of the resource itself. */
export const toReference = (
  relation: RelationKind,
  home: string | undefined,
  { group, kind, namespace = home, name }: GatewayReference & { readonly namespace?: string | undefined },
): Relation => relationTo(relation, { group, kind, namespace, name });
