import { hash } from 'node:crypto';
import type { SlimRecord } from './records/record.ts';

/**
 * 128 bits of SHA-256 over the record's JSON, base64url. Records are built with their fields in one order and their maps sorted, so
 * equal content gives equal hashes; a field added in a later version of this library changes them, and every object is emitted once more.
 * The version of the API through which an object was read is not content: another preferred version alone emits nothing.
 */
export const hashOf = (record: SlimRecord): string =>
  hash('sha256', JSON.stringify({ ...record, apiVersion: undefined }), 'base64url').slice(0, 22);
