import { ADMINS } from '../security/access.ts';
import type { NewUser, Users } from '../security/users.ts';
import { identifyBy, json, onlyFor, readBody } from './admin.ts';
import type { HttpHandler } from './http-server.ts';

const LOGIN = /^[\w.-]{1,100}$/u;
const isText = (value: unknown): value is string => typeof value === 'string';

function readNewUser(body: Readonly<Record<string, unknown>> | undefined): NewUser | undefined {
  const { loginName, fullName = '', groups = [], password } = body ?? {};
  if (!isText(loginName) || !LOGIN.test(loginName) || !isText(fullName) || !isText(password) || password === '')
    return undefined;
  if (!Array.isArray(groups) || !groups.every(isText)) return undefined;
  return { loginName, fullName, groups, password };
}

/** Accounts by HTTP, as a real node has it: making one, looking at one, and setting another password. Administrators only. */
export function createUserRoutes(users: Users): Readonly<Record<string, HttpHandler>> {
  const guarded = (handler: HttpHandler): HttpHandler => onlyFor([ADMINS], identifyBy(users), handler);
  const loginOf = (url: string | undefined): string =>
    decodeURIComponent(/^\/users\/([^/?]+)/u.exec(url ?? '')?.[1] ?? '');
  return {
    'POST /users/': guarded(async (request, response) => {
      const user = readNewUser(await readBody(request));
      if (user === undefined) json(response, 400, { success: false, error: 'BadRequest' });
      else if (await users.create(user))
        json(
          response,
          201,
          { loginName: user.loginName, success: true, error: 'Success' },
          { location: `/users/${user.loginName}` },
        );
      else json(response, 409, { loginName: user.loginName, success: false, error: 'Conflict' });
    }),
    'GET /users/*': guarded((request, response) => {
      const user = users.find(loginOf(request.url));
      if (user === undefined) json(response, 404, { success: false, error: 'NotFound' });
      else {
        const { loginName, fullName, groups, disabled } = user;
        json(response, 200, { data: { loginName, fullName, groups, disabled }, success: true, error: 'Success' });
      }
    }),
    'POST /users/*/command/reset-password': guarded(async (request, response) => {
      const { newPassword } = (await readBody(request)) ?? {};
      const loginName = loginOf(request.url);
      if (!isText(newPassword) || newPassword === '') json(response, 400, { success: false, error: 'BadRequest' });
      else if (await users.resetPassword(loginName, newPassword))
        json(response, 200, { loginName, success: true, error: 'Success' });
      else json(response, 404, { success: false, error: 'NotFound' });
    }),
  };
}
