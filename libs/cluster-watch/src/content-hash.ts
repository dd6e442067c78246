import { hash } from 'node:crypto';
import type { SlimRecord } from './records/record.ts';

/** What a record says, apart from the version of the API through which it was read: another preferred version alone is no change. */
export interface Content {
  /**
   * 128 bits of SHA-256 over `json`, base64url. Records are built with their fields in one order and their maps sorted, so equal content
   * gives equal hashes; a field added in a later version of this library changes them, and every object is emitted once more.
   */
  readonly hash: string;
  /** The record without `apiVersion`. */
  readonly json: string;
}

export function contentOf(record: SlimRecord): Content {
  const json = JSON.stringify({ ...record, apiVersion: undefined });
  return { hash: hash('sha256', json, 'base64url').slice(0, 22), json };
}

export const hashOf = (record: SlimRecord): string => contentOf(record).hash;

/** The record whose content `json` is. */
export const recordFrom = (json: string, apiVersion: string): SlimRecord => ({
  ...(JSON.parse(json) as SlimRecord),
  apiVersion,
});
