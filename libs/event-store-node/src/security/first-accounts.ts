import type { Users } from './users.ts';

/** Of a new EventStoreDB, which everybody knows. */
export const DEFAULT_PASSWORD = 'changeit';

const ACCOUNTS = [
  { loginName: 'admin', fullName: 'Event Store Administrator', groups: ['$admins'] },
  { loginName: 'ops', fullName: 'Event Store Operations', groups: ['$ops'] },
];

/**
 * Makes the accounts a real server begins with, where they are not there, and tells `warn` when one of them has the default
 * password, and when a password was given that had no effect and is not the one in use.
 */
export async function createFirstAccounts(
  users: Users,
  given: string | undefined,
  warn: (sentence: string) => void,
): Promise<void> {
  const created = ACCOUNTS.filter(({ loginName }) => users.find(loginName) === undefined);
  for (const account of created) await users.create({ ...account, password: given ?? DEFAULT_PASSWORD });
  const open: string[] = [];
  for (const { loginName } of ACCOUNTS)
    if ((await users.identify(loginName, DEFAULT_PASSWORD)) !== undefined) open.push(loginName);
  if (open.length > 0)
    warn(
      `the password of ${open.join(' and ')} is "${DEFAULT_PASSWORD}", as in a new EventStoreDB, and everybody knows it: ` +
        'reset it by HTTP (POST /users/NAME/command/reset-password), or begin with --first-password in a new folder',
    );
  if (given === undefined || created.length > 0 || (await users.identify('admin', given)) !== undefined) return;
  warn(
    '--first-password has no effect: this folder has its accounts already, and admin has another password; ' +
      'reset it by HTTP (POST /users/NAME/command/reset-password)',
  );
}

/** Tells `warn` when there are accounts that a node without TLS does not ask for. */
export function warnOfUnusedAccounts(users: Users, warn: (sentence: string) => void): void {
  const there = ACCOUNTS.filter(({ loginName }) => users.find(loginName) !== undefined);
  if (there.length > 0)
    warn(
      'this folder has accounts and rights, which are not asked for with --insecure: ' +
        'every program on this machine is an administrator of what is in it',
    );
}
