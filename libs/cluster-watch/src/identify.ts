import { ok, refused, type Result } from '@mooring/kernel';
import { serverPlaceOf } from './distribution.ts';
import { refusedBecause, unreachable } from './explain.ts';
import type { ClusterIdentity } from './identity.ts';
import { asList, asWord, at, given, parseObject } from './json.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { RequestOptions, Session, TextAnswer } from './session.ts';

/** What stands in an event for ever is no longer than a name. */
const WORD_LENGTH_MAX = 253;
/** Large clusters have some two hundred. */
const API_GROUPS_MAX = 2000;
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Its UID is the cluster's. */
export const KUBE_SYSTEM_PATH = '/api/v1/namespaces/kube-system';

/** What an answer that is not 200 means for the whole cluster. */
export function refusalOfStatus(
  { status, retryAfterMs }: { status: number; retryAfterMs?: number },
  what: string,
): ClusterRefusal {
  if (status === 401)
    return refusedBecause('unauthorized', `the API server does not know who we are (401 for ${what})`);
  if (status === 403) return refusedBecause('forbidden', `the API server does not let us read ${what} (403)`);
  if (status === 429)
    return unreachable('throttled', `the API server has too much to do (429 for ${what})`, retryAfterMs);
  if (status >= 500) return unreachable('server-error', `the API server failed (${status} for ${what})`, retryAfterMs);
  return refusedBecause('not-kubernetes', `unexpected answer ${status} for ${what}`);
}

function uidOf(namespace: TextAnswer, version: TextAnswer): Result<string, ClusterRefusal> {
  const what = 'the namespace kube-system';
  if (namespace.status === 200) {
    const document = parseObject(namespace.text);
    const uid = asWord(at(document, 'metadata', 'uid'));
    if (at(document, 'kind') !== 'Namespace')
      return refused(refusedBecause('not-kubernetes', `${what} is not a namespace in the answer`));
    return uid === undefined || uid.length > WORD_LENGTH_MAX
      ? refused(refusedBecause('uid-unreadable', `${what} has no UID`))
      : ok(uid);
  }
  const isKubernetes = version.status === 200 && asWord(at(parseObject(version.text), 'gitVersion')) !== undefined;
  if (isKubernetes && (namespace.status === 403 || namespace.status === 404))
    return refused(refusedBecause('uid-unreadable', `${what} cannot be read (${namespace.status})`));
  return refused(refusalOfStatus(namespace, what));
}

function groupsOf(answer: TextAnswer | undefined): readonly string[] | undefined {
  if (answer?.status !== 200) return undefined;
  const document = parseObject(answer.text);
  if (at(document, 'kind') !== 'APIGroupList') return undefined;
  return asList(at(document, 'groups'))
    .flatMap((group) => asWord(at(group, 'name')) ?? [])
    .filter((name) => name.length <= WORD_LENGTH_MAX)
    .sort()
    .slice(0, API_GROUPS_MAX);
}

export interface IdentifyOptions extends RequestOptions {
  /** Where the API server is reached: its name may tell who runs it, and where. */
  readonly server?: string;
}

/** Asks who the cluster is. Only the UID has to be readable: no right on nodes is needed. */
export async function identify(
  session: Session,
  { server, ...options }: IdentifyOptions,
): Promise<Result<ClusterIdentity, ClusterRefusal>> {
  const read = (path: string): Promise<Result<TextAnswer, ClusterRefusal>> =>
    session.get(path, { ...options, bytesMax: BODY_BYTES_MAX });
  const [version, namespace, groups] = await Promise.all([read('/version'), read(KUBE_SYSTEM_PATH), read('/apis')]);
  // A server that does not know us ends the connection after saying so once: the other questions may have no answer.
  const unknown = [namespace, version, groups].find((answer) => answer.ok && answer.value.status === 401);
  if (unknown?.ok === true) return refused(refusalOfStatus(unknown.value, 'the namespace kube-system'));
  if (!namespace.ok) return namespace;
  if (!version.ok) return version;
  const uid = uidOf(namespace.value, version.value);
  if (!uid.ok) return uid;
  const document = version.value.status === 200 ? parseObject(version.value.text) : undefined;
  const gitVersion = asWord(at(document, 'gitVersion'))?.slice(0, WORD_LENGTH_MAX).toWellFormed();
  const apiGroups = groupsOf(groups.ok ? groups.value : undefined);
  return ok(
    given({
      uid: uid.value,
      version: gitVersion ?? 'unknown',
      platform: asWord(at(document, 'platform'))?.slice(0, WORD_LENGTH_MAX).toWellFormed(),
      apiGroups,
      ...serverPlaceOf({ version: gitVersion, apiGroups, server }),
    }),
  );
}
