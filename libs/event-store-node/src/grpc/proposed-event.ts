import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { ProposedEvent } from '../storage/apply-command.ts';
import { invalid, missingMetadata } from './errors.ts';

const UUID_FORMS = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/iu;
const NIL = '0'.repeat(32);

/** The id in lower case with dashes. Takes what .NET's parser takes: with and without dashes, in braces or parentheses. */
export function readUuid(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured !== undefined) {
    const half = (bits: string): string => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
    return dashed(half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits()));
  }
  if (uuid?.hasString() !== true) throw invalid('an event needs an id');
  const text = uuid.getString().replace(/^[{(](.*)[})]$/u, '$1');
  if (!UUID_FORMS.test(text)) throw invalid('Unrecognized Guid format.');
  return dashed(text.replaceAll('-', '').toLowerCase());
}

function dashed(hex: string): string {
  if (hex === NIL) throw invalid('an event id must not be empty');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The name a request is about; not empty. */
export function readStreamName(identifier: StreamIdentifier | undefined): string {
  const name = identifier === undefined ? '' : Buffer.from(identifier.getStreamName_asU8()).toString('utf8');
  if (name === '') throw invalid('a stream name is required');
  if (name === '$all') throw invalid('$all is not a stream that can be written or read by its name');
  return name;
}

export function readProposedEvent(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const properties = message.getMetadataMap();
  const [type, contentType] = [properties.get('type'), properties.get('content-type')];
  if (type === undefined || contentType === undefined) throw missingMetadata();
  if (type === '') throw invalid('Empty eventType provided.');
  return {
    id: readUuid(message.getId()),
    type,
    isJson: contentType === 'application/json',
    metadata: message.getCustomMetadata_asU8(),
    data: message.getData_asU8(),
  };
}

/** What an event costs in memory, about. */
export const heldBytes = ({ data, metadata, type }: ProposedEvent): number =>
  data.length + metadata.length + type.length + 128;

interface ExpectationOptions {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** `revision` is the exact form, undefined where the request does not have it. */
export function readExpectation(
  options: ExpectationOptions,
  revision: string | undefined,
): 'any' | 'no_stream' | 'stream_exists' | bigint {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (revision === undefined) throw invalid('an expected revision is required');
  return BigInt(revision);
}
