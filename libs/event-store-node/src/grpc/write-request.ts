import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import { hexDashed, type EventMessage, type WriteOptions } from '../wire/requests.ts';
import { invalid, missingMetadata } from './errors.ts';

/** As nearly every client writes it, and as it is stored. */
const CANONICAL = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const OTHER_FORMS = /^(?:[0-9a-f]{32}|([{(]?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[})]?)$/iu;
const NIL = '00000000-0000-0000-0000-000000000000';

/** The id in lower case with dashes. Takes what .NET's parser takes: with and without dashes, in braces or parentheses. */
export function toUuid(id: string | undefined): string {
  if (id === undefined) throw invalid('an id is required');
  if (CANONICAL.test(id)) return id;
  const text = id.trim();
  if (!OTHER_FORMS.test(text)) throw invalid('Unrecognized Guid format.');
  return hexDashed(text.replace(/[^0-9a-f]/giu, '').toLowerCase());
}

/** The name a request is about; not empty. A stream of the name `$all` is one like others, as on a real server. */
export function toStreamName(name: string): string {
  if (name === '') throw invalid('a stream name is required');
  return name;
}

export function toProposedEvent({ id, type, contentType, metadata, data }: EventMessage): ProposedEvent {
  if (type === undefined || contentType === undefined) throw missingMetadata();
  if (type === '') throw invalid('Empty eventType provided.');
  const uuid = toUuid(id);
  if (uuid === NIL) throw invalid('an event id must not be empty');
  return { id: uuid, type, isJson: contentType === 'application/json', metadata, data };
}

/** What an event costs in memory, about. */
export const heldBytes = ({ data, metadata, type }: ProposedEvent): number =>
  data.length + metadata.length + type.length + 128;

/** 2^64-1, which means "no stream" in a revision. */
const NO_STREAM = 0xffff_ffff_ffff_ffffn;
const REVISION_MAX = 2n ** 63n - 1n;

export interface WriteTarget {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/** @throws Refusal INVALID_ARGUMENT for no name, no expectation, or a revision that there cannot be. */
export function toWriteTarget({ stream, expected }: WriteOptions): WriteTarget {
  toStreamName(stream);
  if (expected === undefined) throw invalid('an expected revision is required');
  if (expected === NO_STREAM) return { stream, expected: 'no_stream' };
  if (typeof expected === 'bigint' && expected > REVISION_MAX) throw invalid(`${expected} is not a revision`);
  return { stream, expected };
}
