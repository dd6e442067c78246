import type { Metadata } from '@grpc/grpc-js';
import { isMetastream, originalOf, type StreamAcl, type StreamRight } from '../streams/stream-metadata.ts';

/** Who calls. Roles are the groups and the login name itself. */
export interface Identity {
  readonly login: string;
  readonly roles: ReadonlySet<string>;
}

/** What a caller wants with a stream; `$all` counts as one that is only read. */
export type Operation = 'read' | 'write' | 'delete';

export interface Access {
  /**
   * Who makes this call; nothing for nobody in particular.
   *
   * @throws Refusal UNAUTHENTICATED for credentials that are wrong.
   */
  authenticate(metadata: Metadata): Promise<Identity | undefined>;
  may(identity: Identity | undefined, operation: Operation, stream: string): boolean;
}

export const ADMINS = '$admins';
export const OPERATORS = '$ops';
/** Everybody who has an account. */
const EVERYBODY = '$all';

/** What holds where neither a stream's metadata nor `$settings` says otherwise, as on a real server. */
const RIGHTS: readonly StreamRight[] = ['$r', '$w', '$d', '$mr', '$mw'];
const everyRight = (roles: readonly string[]): StreamAcl => Object.fromEntries(RIGHTS.map((right) => [right, roles]));

export interface DefaultRights {
  readonly user: StreamAcl;
  readonly system: StreamAcl;
}

export const DEFAULT_RIGHTS: DefaultRights = { user: everyRight([EVERYBODY]), system: everyRight([ADMINS]) };

/** The right an operation needs, and on which stream: a metastream's rights are its stream's. */
export function rightFor(operation: Operation, stream: string): { readonly right: StreamRight; readonly on: string } {
  if (!isMetastream(stream))
    return { right: ({ read: '$r', write: '$w', delete: '$d' } as const)[operation], on: stream };
  return { right: operation === 'read' ? '$mr' : '$mw', on: originalOf(stream) };
}

/** Whether a caller has a right: by the stream's own list, else by the defaults for its kind. Administrators have every right. */
export function hasRight(
  identity: Identity | undefined,
  right: StreamRight,
  stream: string,
  acl: StreamAcl | undefined,
  defaults: DefaultRights,
): boolean {
  if (identity === undefined) return false;
  if (identity.roles.has(ADMINS)) return true;
  const kind = stream.startsWith('$') ? 'system' : 'user';
  const roles = acl?.[right] ?? defaults[kind][right] ?? DEFAULT_RIGHTS[kind][right] ?? [];
  return roles.some((role) => role === EVERYBODY || identity.roles.has(role));
}

export const ADMINISTRATOR: Identity = { login: 'admin', roles: new Set([ADMINS]) };

/** Without TLS a client sends no credentials: everybody is an administrator. */
export const OPEN_ACCESS: Access = { authenticate: () => Promise.resolve(ADMINISTRATOR), may: () => true };
