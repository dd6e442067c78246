import { request, type RequestOptions } from 'node:https';
import { Failure, messageOf } from '@mooring/kernel';
import type { EventStoreAccount } from '../connection-string.ts';

export interface NewUser extends EventStoreAccount {
  readonly fullName: string;
  readonly groups: readonly string[];
}

export interface User {
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

/** EventStoreDB's accounts, by its HTTP API and as an administrator. Every method throws a Failure that says in a sentence what was refused. */
export interface UserApi {
  find(login: string): Promise<User | undefined>;
  /** False when there is one of that name. */
  create(user: NewUser): Promise<boolean>;
  resetPassword(account: EventStoreAccount): Promise<void>;
}

export interface UserApiOptions {
  /** `https://host:port` */
  readonly url: string;
  readonly administrator: EventStoreAccount;
  readonly ca: Buffer | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ANSWER_MS = 10_000;
const BODY_BYTES_MAX = 1024 * 1024;

export function createUserApi({ url, administrator, ca }: UserApiOptions): UserApi {
  const ask = async (what: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await send(new URL(path, url), administrator, ca, body);
    const { status } = answer;
    const { login } = administrator;
    if (status === 401)
      throw new Failure('denied', `${what}: there is no account "${login}" at ${url}, or its password is wrong`);
    if (status === 403)
      throw new Failure('denied', `${what}: "${login}" may not manage accounts, it has to be in the group $admins`);
    if (status === 400)
      throw new Failure('invalid', `${what}: the event store takes neither such a name nor such a password`);
    if (status >= 300 && status !== 404 && status !== 409)
      throw new Failure('unavailable', `${what}: ${url} answered with the HTTP status ${status}`);
    return answer;
  };
  return {
    async find(login) {
      const what = `looking for the account "${login}"`;
      const { status, body } = await ask(what, `/users/${encodeURIComponent(login)}`);
      return status === 404 ? undefined : readUser(what, body);
    },
    async create({ login, fullName, groups, password }) {
      const user = { loginName: login, fullName, groups, password };
      return (await ask(`making the account "${login}"`, '/users/', user)).status !== 409;
    },
    async resetPassword({ login, password }) {
      const what = `setting the password of the account "${login}"`;
      const path = `/users/${encodeURIComponent(login)}/command/reset-password`;
      const { status } = await ask(what, path, { newPassword: password });
      if (status === 404) throw new Failure('not-found', `${what}: there is no such account any more`);
    },
  };
}

function readUser(what: string, body: string): User {
  try {
    const { data } = JSON.parse(body) as { data: { groups?: readonly string[] | null; disabled?: boolean } };
    return { groups: data.groups ?? [], disabled: data.disabled === true };
  } catch {
    throw new Failure('invalid', `${what}: the answer is not what EventStoreDB answers; is this its HTTP port?`);
  }
}

/** A GET, or with a body a POST. */
function send(
  url: URL,
  { login, password }: EventStoreAccount,
  ca: Buffer | undefined,
  body: unknown,
): Promise<Answer> {
  const options: RequestOptions = {
    method: body === undefined ? 'GET' : 'POST',
    auth: `${login}:${password}`,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    timeout: ANSWER_MS,
    agent: false,
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void =>
      reject(
        new Failure('unavailable', `the HTTP API of the event store at ${url.origin}: ${messageOf(thrown)}`, {
          cause: thrown,
        }),
      );
    const call = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > BODY_BYTES_MAX) call.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', fail);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    call.on('error', fail);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
