import type { TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EventType } from './event-type.ts';
import * as connections from './events/connections.ts';
import * as discovery from './events/discovery.ts';
import * as inventory from './events/inventory.ts';
import * as notifications from './events/notifications.ts';

const isEventType = (value: unknown): value is EventType =>
  typeof value === 'object' && value !== null && 'stored' in value && 'fields' in value;

/** Every event type there is, in the order of declaration. */
export const EVENT_TYPES: readonly EventType[] = [connections, discovery, inventory, notifications]
  .flatMap((module): readonly unknown[] => Object.values(module))
  .filter(isEventType);

const byType = new Map(EVENT_TYPES.map((eventType) => [eventType.type, eventType]));
const byStored = new Map(EVENT_TYPES.map((eventType) => [eventType.stored, eventType]));

export const eventTypeOf = (type: string): EventType | undefined => byType.get(type);

export const eventTypeOfStored = (stored: string): EventType | undefined => byStored.get(stored);

type Validator = ReturnType<typeof Compile>;
const validators = new WeakMap<TObject, Validator>();

function findingsOf(schema: TObject, value: unknown, where: string): readonly string[] {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = Compile(schema);
    validators.set(schema, validator);
  }
  return validator.Check(value)
    ? []
    : validator.Errors(value).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
}

/** What is wrong with the published `data` of a known event type, one sentence per finding; empty when nothing is. Unknown fields are fine. */
export const dataFindings = (eventType: EventType, data: unknown): readonly string[] =>
  findingsOf(eventType.data, data, '/data');

/** The same for the fields of an event about to be stored, by its stored type; nothing is known against a type that nobody declared. */
export function storedFindings(stored: string, fields: unknown): readonly string[] {
  const eventType = eventTypeOfStored(stored);
  return eventType === undefined ? [] : findingsOf(eventType.fields, fields, stored);
}

export type TypeStanding =
  | { readonly kind: 'known'; readonly eventType: EventType }
  | { readonly kind: 'newer'; readonly known: EventType }
  | { readonly kind: 'unknown' };

/** Whether a CloudEvents type is known, a newer version of a known one (to the dead letters), or unknown (acknowledged and counted). */
export function typeStanding(type: string): TypeStanding {
  const exact = byType.get(type);
  if (exact !== undefined) return { kind: 'known', eventType: exact };
  const [, stem, version] = /^(.*)\.v([0-9]+)$/.exec(type) ?? [];
  const known = EVENT_TYPES.find((candidate) => candidate.type === `${stem}.v${candidate.version}`);
  return known !== undefined && Number(version) > known.version ? { kind: 'newer', known } : { kind: 'unknown' };
}
