import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseObject } from '../streams/stream-metadata.ts';
import type { Identity } from '../security/access.ts';
import { readCredentials } from '../security/guarded-access.ts';
import type { Users } from '../security/users.ts';
import type { HttpHandler } from './http-server.ts';

const BODY_BYTES_MAX = 64 * 1024;

export const json = (
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(code, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** The JSON object of a request's body; nothing if it is none, or too large. */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return parseObject(Buffer.concat(parts).toString('utf8'));
}

/** Who asks by HTTP; nothing for wrong or no credentials. */
export type Identify = (request: IncomingMessage) => Promise<Identity | undefined>;

export const identifyBy =
  (users: Users): Identify =>
  async (request) => {
    const credentials = readCredentials(request.headers.authorization);
    return credentials && users.identify(credentials.login, credentials.password);
  };

/** Lets a handler answer only callers in one of the groups. A page in a browser is nobody's operator: its requests are refused. */
export const onlyFor =
  (groups: readonly string[], identify: Identify, handler: HttpHandler): HttpHandler =>
  async (request, response) => {
    const identity = await identify(request);
    if (identity === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="event store"' }).end();
      return;
    }
    if (request.headers.origin !== undefined || !groups.some((group) => identity.roles.has(group))) {
      response.writeHead(403).end();
      return;
    }
    await handler(request, response);
  };
