import { Failure, randomUuid } from '@mooring/kernel';
import type { EventLog } from '../storage/event-log.ts';
import type { GroupCommit } from '../storage/group-commit.ts';
import { lastData } from '../storage/last-data.ts';
import { parseObject } from '../streams/stream-metadata.ts';
import { NOTHING } from '../wire/protobuf.ts';
import type { Identity } from './access.ts';
import { fingerprint, hashPassword, isPassword, type PasswordHash } from './password.ts';

export interface User extends PasswordHash {
  readonly loginName: string;
  readonly fullName: string;
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

export interface NewUser {
  readonly loginName: string;
  readonly fullName: string;
  readonly groups: readonly string[];
  readonly password: string;
}

export interface Users {
  find(loginName: string): User | undefined;
  /** False if there is one of that name. */
  create(user: NewUser): Promise<boolean>;
  /** False if there is none of that name. */
  resetPassword(loginName: string, password: string): Promise<boolean>;
  /** Nothing for a wrong name or password. */
  identify(loginName: string, password: string): Promise<Identity | undefined>;
}

const streamOf = (loginName: string): string => `$user-${loginName}`;

const isText = (value: unknown): value is string => typeof value === 'string';

function readUser(text: string | undefined): User | undefined {
  const { loginName, fullName, groups, salt, hash, disabled } =
    (text === undefined ? undefined : parseObject(text)) ?? {};
  if (!isText(loginName) || !isText(salt) || !isText(hash) || !Array.isArray(groups)) return undefined;
  return {
    loginName,
    fullName: isText(fullName) ? fullName : '',
    groups: groups.filter(isText),
    salt,
    hash,
    disabled: disabled === true,
  };
}

interface Remembered {
  readonly revision: number;
  readonly fingerprint: string;
  readonly identity: Identity;
}

/** Accounts, each in a stream of its own as on a real server: they are in the log, in its backup, and durable like it. */
export function createUsers(log: EventLog, commits: GroupCommit): Users {
  const remembered = new Map<string, Remembered>();

  const find = (loginName: string): User | undefined => {
    const stream = log.stream(streamOf(loginName));
    return stream.tombstoned || stream.softDeleted ? undefined : readUser(lastData(log, stream.name));
  };

  const write = async (user: User, type: string, expected: 'no_stream' | bigint): Promise<boolean> => {
    const data = Buffer.from(JSON.stringify(user));
    const events = [{ id: randomUuid(), type, isJson: true, metadata: NOTHING, data }];
    const outcome = await commits.submit({ kind: 'append', stream: streamOf(user.loginName), expected, events });
    return outcome.kind === 'done';
  };

  return {
    find,
    async create({ loginName, fullName, groups, password }) {
      const user = { loginName, fullName, groups, disabled: false, ...(await hashPassword(password)) };
      return write(user, '$UserCreated', 'no_stream');
    },
    async resetPassword(loginName, password) {
      const hashed = await hashPassword(password);
      const user = find(loginName);
      if (user === undefined) return false;
      const { last } = log.stream(streamOf(loginName));
      if (await write({ ...user, ...hashed }, '$UserUpdated', BigInt(last))) return true;
      throw new Failure('conflict', `the user ${loginName} was changed at the same time`);
    },
    async identify(loginName, password) {
      const user = find(loginName);
      if (user === undefined || user.disabled) return undefined;
      const { last: revision } = log.stream(streamOf(loginName));
      const known = remembered.get(loginName);
      if (known?.revision === revision && known.fingerprint === fingerprint(password, user)) return known.identity;
      if (!(await isPassword(password, user))) return undefined;
      const identity: Identity = { login: loginName, roles: new Set([loginName, ...user.groups]) };
      remembered.set(loginName, { revision, fingerprint: fingerprint(password, user), identity });
      return identity;
    },
  };
}
