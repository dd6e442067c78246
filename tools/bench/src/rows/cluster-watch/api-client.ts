import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Way } from './contestant.ts';

/** Asks an API server for what `KubeApi` has no words for: text, and patches. */
export interface ApiClient extends Disposable {
  /** The body as it is. Rejects on anything but 2xx. */
  text(path: string): Promise<string>;
  /** A JSON merge patch. Rejects on anything but 2xx. */
  patch(path: string, patch: unknown): Promise<void>;
}

export function createApiClient({ server, caPem, token }: Way): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: caPem, maxSockets: 8 });
  const ask = (method: string, path: string, body?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'user-agent': 'mooring-bench',
        ...(body !== undefined && { 'content-type': 'application/merge-patch+json' }),
      };
      request(`${server}${path}`, { method, agent, headers, timeout: 30_000 }, (answer) => {
        const { statusCode = 0 } = answer;
        text(answer).then((answered) => {
          if (statusCode < 300) resolve(answered);
          else reject(new Error(`${method} ${path} was answered ${statusCode}: ${answered.slice(0, 200)}`));
        }, reject);
      })
        .on('error', reject)
        .end(body);
    });
  return {
    text: (path) => ask('GET', path),
    async patch(path, patch) {
      await ask('PATCH', path, JSON.stringify(patch));
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
