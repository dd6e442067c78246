import type { Secret } from '@mooring/service-host';
import type { IncomingHttpHeaders } from 'node:http';

export const TOKEN_COOKIE = 'mooring_token';

const COOKIE_AGE_SECONDS = 30 * 24 * 60 * 60;

/** Every value that a request offers as the token: of `Authorization: Bearer` and of the cookie. */
function* offered({ authorization, cookie = '' }: IncomingHttpHeaders): Generator<string> {
  const [, bearer] = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '') ?? [];
  if (bearer !== undefined) yield bearer;
  for (const pair of cookie.split(';')) {
    const [name, ...value] = pair.trim().split('=');
    if (name === TOKEN_COOKIE) yield value.join('=');
  }
}

/** Whether the request carries the token. A wrong `Authorization` is not saved by a right cookie: the caller meant the former. */
export function isAuthenticated(headers: IncomingHttpHeaders, token: Secret): boolean {
  const [first] = offered(headers);
  return first !== undefined && (headers.authorization === undefined || isBearer(headers)) && token.equals(first);
}

const isBearer = ({ authorization = '' }: IncomingHttpHeaders): boolean => /^Bearer /i.test(authorization);

/** Not readable by scripts, and not sent along when another site links or posts here. */
export const tokenCookie = (token: Secret): string =>
  `${TOKEN_COOKIE}=${token.reveal()}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_AGE_SECONDS}`;
