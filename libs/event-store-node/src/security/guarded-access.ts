import { status, type Metadata } from '@grpc/grpc-js';
import { Refusal } from '../grpc/errors.ts';
import type { EventLog } from '../storage/event-log.ts';
import { lastData } from '../storage/last-data.ts';
import { parseObject, toAcl } from '../streams/stream-metadata.ts';
import { DEFAULT_RIGHTS, hasRight, rightFor, type Access, type DefaultRights } from './access.ts';
import type { Users } from './users.ts';

/** Where an administrator changes the default rights. */
const SETTINGS = '$settings';

export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** Basic credentials of a header; nothing for no or another kind of header. */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^Basic\s+(\S+)$/iu.exec(header ?? '') ?? [];
  const [, login, password] = /^([^:]+):(.*)$/su.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  return login === undefined || password === undefined ? undefined : { login, password };
}

/** Rights as a production cluster has them: accounts, rights of streams, and default rights in `$settings`. */
export function createGuardedAccess(log: EventLog, users: Users): Access {
  let defaults: { readonly revision: number; readonly rights: DefaultRights } | undefined;

  /** Read again only when somebody wrote them. */
  const defaultRights = (): DefaultRights => {
    const { last: revision } = log.stream(SETTINGS);
    if (defaults?.revision !== revision) {
      const settings = parseObject(lastData(log, SETTINGS) ?? '{}') ?? {};
      const rights = {
        user: { ...DEFAULT_RIGHTS.user, ...toAcl(settings['$userStreamAcl']) },
        system: { ...DEFAULT_RIGHTS.system, ...toAcl(settings['$systemStreamAcl']) },
      };
      defaults = { revision, rights };
    }
    return defaults.rights;
  };

  return {
    async authenticate(metadata: Metadata) {
      const [header] = metadata.get('authorization');
      const credentials = readCredentials(typeof header === 'string' ? header : undefined);
      if (credentials === undefined) return undefined;
      const identity = await users.identify(credentials.login, credentials.password);
      if (identity === undefined) throw new Refusal(status.UNAUTHENTICATED, 'Unauthenticated');
      return identity;
    },
    may(identity, operation, stream) {
      const { right, on } = rightFor(operation, stream);
      return hasRight(identity, right, on, log.stream(on).metadata.acl, defaultRights());
    },
  };
}
