import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';
import { createEventStoreNode, type EventStoreNode, type NodeSecurity } from '../src/node.ts';

const pem = (name: string): URL => new URL(`tls/${name}.pem`, import.meta.url);

/** A certificate for `localhost` that signs itself, made for these tests. */
export const CERTIFICATE_FILE = fileURLToPath(pem('certificate'));
export const PRIVATE_KEY_FILE = fileURLToPath(pem('private-key'));
export const certificate = (): Buffer => readFileSync(pem('certificate'));

export const security = (): NodeSecurity => ({
  tls: { certificate: certificate(), privateKey: readFileSync(pem('private-key')) },
});

export const secureNode = (dataFolder: string): Promise<EventStoreNode> =>
  createEventStoreNode({ dataFolder, host: 'localhost', security: security(), warn: () => undefined });

/** For the client, with somebody's account. */
export const connectionString = ({ port }: { readonly port: number }, account: string): string =>
  `esdb://${account}@localhost:${port}?tls=true&tlsCaFile=${encodeURIComponent(CERTIFICATE_FILE)}`;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** A request over TLS, as `user:password` if there is one. */
export function callHttps(
  port: number,
  method: string,
  path: string,
  { as, body, headers = {} }: { as?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, method, path, ca: certificate(), headers, ...(as && { auth: as }) };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
