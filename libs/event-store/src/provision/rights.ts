import {
  BACKWARDS,
  END,
  jsonEvent,
  NO_STREAM,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { canonicalJson, type Json } from '@mooring/kernel';
import { readToEnd } from './read-to-end.ts';

const ADMINS = '$admins';
/** Where the metadata of `$all` is, and so who may read it. */
const METADATA_OF_ALL = '$$$all';
/** Where the rights are that hold for every stream which says nothing else. */
const SETTINGS = '$settings';

type Content = Readonly<Record<string, Json>>;

interface Latest {
  readonly revision: bigint;
  readonly data: Content;
}

/** A group reads `$all`, besides administrators; whoever else may, still may. */
export function withReaders(metadata: Content | undefined, group: string): Content {
  const acl = contentOf(metadata?.['$acl']);
  const given = acl['$r'] ?? [];
  const readers: readonly Json[] = Array.isArray(given) ? (given as readonly Json[]) : [given];
  const missing = [ADMINS, group].filter((role) => !readers.includes(role));
  return missing.length === 0 ? { ...metadata } : { ...metadata, $acl: { ...acl, $r: [...readers, ...missing] } };
}

/** A group reads and appends to ordinary streams; deleting, describing and system streams are for administrators, and others have nothing. */
export function defaultRights(group: string): Content {
  const both = [group, ADMINS];
  return {
    $userStreamAcl: { $r: both, $w: both, $d: ADMINS, $mr: both, $mw: ADMINS },
    $systemStreamAcl: { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS },
  };
}

/** Opens `$all` to a group and shuts every stream to others. Gives what it had to change, in words. */
export async function provisionRights(client: EventStoreDBClient, group: string): Promise<readonly string[]> {
  const opened = await ensure(client, METADATA_OF_ALL, '$metadata', (latest) => withReaders(latest, group));
  const shut = await ensure(client, SETTINGS, 'update-default-acl', () => defaultRights(group));
  return [
    ...(opened ? [`$all can be read by the group ${group}`] : []),
    ...(shut ? [`streams can be read and written by the group ${group} and by nobody else`] : []),
  ];
}

const TRIES_MAX = 5;

/** Appends what is wanted unless it is the latest already. Gives whether it had to. */
async function ensure(
  client: EventStoreDBClient,
  stream: string,
  type: string,
  wantedAfter: (latest: Content | undefined) => Content,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const latest = await readLatest(client, stream);
    const wanted = wantedAfter(latest?.data);
    if (latest !== undefined && canonicalJson(latest.data) === canonicalJson(wanted)) return false;
    try {
      await client.appendToStream(stream, jsonEvent({ type, data: wanted }), {
        expectedRevision: latest?.revision ?? NO_STREAM,
      });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof WrongExpectedVersionError) || tries === TRIES_MAX) throw thrown;
      // Somebody else wrote it meanwhile.
    }
  }
}

async function readLatest(client: EventStoreDBClient, stream: string): Promise<Latest | undefined> {
  try {
    const read = client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
    const event = (await readToEnd(read)).at(-1)?.event;
    return event && { revision: event.revision, data: contentOf(event.isJson ? event.data : {}) };
  } catch (thrown) {
    if (thrown instanceof StreamNotFoundError) return undefined;
    throw thrown;
  }
}

const contentOf = (value: unknown): Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Content) : {};
