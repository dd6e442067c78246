import { Agent, request } from 'node:https';
import { Failure, messageOf } from '@mooring/kernel';

export interface KubeResponse {
  readonly status: number;
  /** The parsed JSON body; `undefined` where it is none. */
  readonly body: unknown;
}

/** A small client of one API server as one user. */
export interface KubeApi {
  /** Any answer of the server is a response, errors too; no answer is a {@link Failure}. A text as body is sent as YAML. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<KubeResponse>;
  /** Creates an object (a text is YAML); one that is there already is left as it is. Any other refusal is a {@link Failure}. */
  create(path: string, object: unknown): Promise<void>;
  close(): void;
}

export interface KubeApiOptions {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

const contentTypeOf = (method: string, body: unknown): string => {
  if (typeof body === 'string') return 'application/yaml';
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
};

export function createKubeApi({ server, ca, token }: KubeApiOptions): KubeApi {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
  const call: KubeApi['call'] = (method, path, body, more) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentTypeOf(method, body), ...more };
      const outgoing = request(`${server}${path}`, { method, agent, headers, timeout: 30_000 }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }),
        );
      });
      const fail = (cause: Error): void =>
        reject(new Failure('unavailable', `${method} ${path}: ${messageOf(cause)}`, { cause }));
      outgoing.on('error', fail);
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 30 s')));
      if (body === undefined) outgoing.end();
      else outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  return {
    call,
    async create(path, object) {
      const { status, body } = await call('POST', path, object);
      if (status >= 300 && status !== 409)
        throw new Failure('invalid', `POST ${path} was answered ${status}: ${JSON.stringify(body)}`);
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
