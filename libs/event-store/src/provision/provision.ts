import { readFileSync } from 'node:fs';
import { BACKWARDS, END } from '@eventstore/db-client';
import { createBackoff, delay, Failure, isFailure, messageOf } from '@mooring/kernel';
import { openConnection, type Connection } from '../client/connection.ts';
import { isAccountRefused, toFailure } from '../client/failures.ts';
import { asAccount, readConnectionString, type EventStoreAccount } from '../connection-string.ts';
import { readToEnd } from './read-to-end.ts';
import { provisionRights } from './rights.ts';
import { createUserApi, type UserApi } from './users.ts';

export interface ProvisionOptions {
  /** With TLS and the account of an administrator. */
  readonly connectionString: string;
  /** Of the HTTP API; by default the first host of the connection string, as EventStoreDB has both on one port. */
  readonly httpUrl?: string;
  readonly accounts: readonly EventStoreAccount[];
  /** What the accounts have in common, and by which they have their rights. */
  readonly group?: string;
  /** How long an account may take until it works; default 10,000 ms. A password that was changed takes effect after a moment. */
  readonly timeoutMs?: number;
}

/** The group of the services of an installation. */
export const SERVICES_GROUP = 'mooring';

/**
 * Makes the accounts, opens `$all` to their group, shuts every stream to all others, and looks whether each account can read. An
 * account that is there keeps its password when that is the right one. Repeating it changes nothing, and one that was cut off
 * anywhere is completed by the next. Gives what it changed, in words.
 *
 * @throws Failure that says in a sentence what was refused: `denied` for a wrong administrator, `conflict` for an account that is
 *   not in the group or disabled, `invalid` for what cannot be a connection string or a name, `unavailable` for who does not answer.
 */
export async function provisionEventStore(options: ProvisionOptions): Promise<readonly string[]> {
  const { connectionString, group = SERVICES_GROUP, accounts, timeoutMs = 10_000 } = options;
  const { account: administrator, host, tls, caFile } = readConnectionString(connectionString);
  if (administrator === undefined || !tls)
    throw new Failure(
      'invalid',
      'accounts are made by an administrator, over TLS: the connection string has to name one',
    );
  const url = options.httpUrl ?? `https://${host}`;
  const users = createUserApi({ url, administrator, ca: caFile === undefined ? undefined : readCa(caFile) });

  const changes: string[] = [];
  for (const account of accounts) changes.push(...(await ensureUser(users, account, group)));
  await using admin = connect(connectionString);
  changes.push(...(await provisionRights(admin.client, group).catch(refused('writing the rights of streams'))));
  const outcomes = await Promise.all(
    accounts.map(async (account) => {
      await using connection = connect(asAccount(connectionString, account));
      return await ensureAccess(connection, users, account, timeoutMs);
    }),
  );
  return [...changes, ...outcomes.flat()];
}

const connect = (connectionString: string): Connection & AsyncDisposable => {
  const connection = openConnection(connectionString);
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
};

const refused =
  (what: string) =>
  (thrown: unknown): never => {
    throw toFailure(thrown, what);
  };

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Failure('invalid', `the CA file of the event store cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function ensureUser(users: UserApi, account: EventStoreAccount, group: string): Promise<readonly string[]> {
  const { login } = account;
  if ((await users.find(login)) === undefined) {
    const created = await users.create({ ...account, fullName: `Mooring: ${login}`, groups: [group] });
    if (created) return [`the account ${login} was made`];
  }
  const user = await users.find(login);
  if (user === undefined) throw new Failure('conflict', `somebody else removes the account "${login}" at this moment`);
  if (user.disabled)
    throw new Failure(
      'conflict',
      `the account "${login}" is disabled: enable it, or delete it so that it is made anew`,
    );
  if (!user.groups.includes(group))
    throw new Failure(
      'conflict',
      `the account "${login}" is there and not in the group ${group}: put it in, or delete it so that it is made anew`,
    );
  return [];
}

/** Waits until the account reads `$all`; sets its password when that is what keeps it from it. */
async function ensureAccess(
  { client }: Connection,
  users: UserApi,
  account: EventStoreAccount,
  timeoutMs: number,
): Promise<readonly string[]> {
  const changes: string[] = [];
  const deadlineAt = performance.now() + timeoutMs;
  const backoff = createBackoff({ minMs: 20, maxMs: 500 });
  for (;;) {
    try {
      await readToEnd(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
      return changes;
    } catch (thrown) {
      const failure = toFailure(thrown, `reading as "${account.login}"`);
      if (isAccountRefused(thrown) && changes.length === 0) {
        await users.resetPassword(account);
        changes.push(`the account ${account.login} got its password`);
      } else if (performance.now() >= deadlineAt || !(failure.retryCanHelp || isFailure(failure, 'denied'))) {
        throw failure;
      }
      await delay(backoff.next());
    }
  }
}
