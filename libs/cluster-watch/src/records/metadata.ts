import { asBoolean, asObject, asWord, at, given, type JsonObject } from '../json.ts';
import type { MetadataRecord, Owner, RecordBase } from './base.ts';
import { each, mapOf, some } from './fields.ts';

/** In practice a UUID; the API promises no more than a text without a meaning. */
const UID = /^[\x21-\x7e]{1,253}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
/** The first and the last year of RFC 3339 that every database takes too. */
const TIME_MS_MIN = Date.parse('0001-01-01T00:00:00Z');
const TIME_MS_MAX = Date.parse('9999-12-31T23:59:59Z');

/** A time as RFC 3339 UTC to the second, as Kubernetes writes it; `undefined` for anything that is no time. */
export function timeOf(value: unknown): string | undefined {
  const text = asWord(value);
  if (text === undefined || !TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < TIME_MS_MIN || ms > TIME_MS_MAX) return undefined;
  return `${new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}

export function uidOf(value: unknown): string | undefined {
  const uid = asWord(value);
  return uid !== undefined && UID.test(uid) ? uid : undefined;
}

function owner(reference: unknown): Owner | undefined {
  const kind = asWord(at(reference, 'kind'));
  const name = asWord(at(reference, 'name'));
  const uid = uidOf(at(reference, 'uid'));
  if (kind === undefined || name === undefined || uid === undefined) return undefined;
  return given({ kind, name, uid, apiVersion: asWord(at(reference, 'apiVersion')) });
}

function ownersOf(metadata: unknown): Pick<RecordBase, 'owner' | 'otherOwners'> {
  const references = each(at(metadata, 'ownerReferences'), (reference) => {
    const found = owner(reference);
    return found === undefined ? undefined : { found, controls: asBoolean(at(reference, 'controller')) === true };
  });
  const first = references.find(({ controls }) => controls) ?? references[0];
  const others = references.filter((reference) => reference !== first).map(({ found }) => found);
  return given({ owner: first?.found, otherOwners: some(others) });
}

/** What every record has; `undefined` for what has no uid or name, and so is no object at all. */
export function baseOf(object: JsonObject, apiVersion: string): RecordBase | undefined {
  const metadata = asObject(object['metadata']);
  const uid = uidOf(at(metadata, 'uid'));
  const name = asWord(at(metadata, 'name'));
  if (uid === undefined || name === undefined) return undefined;
  return given({
    uid,
    apiVersion,
    namespace: asWord(at(metadata, 'namespace')),
    name,
    labels: mapOf(at(metadata, 'labels')),
    creationTimestamp: timeOf(at(metadata, 'creationTimestamp')),
    deletionTimestamp: timeOf(at(metadata, 'deletionTimestamp')),
    ...ownersOf(metadata),
  });
}

export const metadataRecord = (base: RecordBase, kind: string): MetadataRecord => ({
  kind,
  ...base,
  metadataOnly: true,
});
