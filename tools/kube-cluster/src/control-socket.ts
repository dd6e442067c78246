import { createServer, request } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';
import { parseAction, runAction } from './actions.ts';
import type { KubeCluster } from './kube-cluster.ts';

/** In the cluster's folder, which only its owner can enter. */
const socketOf = (dataFolder: string): string => join(dataFolder, 'control.sock');

/** Lets another process of the same user act on a running cluster, by `POST /` with the words of the action as a JSON array. */
export async function openControlSocket(dataFolder: string, cluster: KubeCluster): Promise<AsyncDisposable> {
  const path = socketOf(dataFolder);
  await rm(path, { force: true });
  const server = createServer((incoming, response) => {
    const act = async (): Promise<string> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const parsed = parseAction(JSON.parse(Buffer.concat(chunks).toString()) as string[]);
      if (!parsed.ok) throw new Failure('invalid', parsed.error);
      return await runAction(cluster, parsed.value);
    };
    act().then(
      (text) => response.end(`${text}\n`),
      (error: unknown) => response.writeHead(409).end(`${messageOf(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tells the process that runs the cluster of this folder to act; gives what it answers. Fails when nobody runs it, or it could not. */
export function sendAction(dataFolder: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: socketOf(dataFolder), path: '/', method: 'POST' }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString().trimEnd();
        if (incoming.statusCode === 200) resolve(text);
        else reject(new Failure('invalid', text));
      });
    });
    outgoing.on('error', (cause) =>
      reject(new Failure('unavailable', `no cluster runs in ${dataFolder}: ${cause.message}`, { cause })),
    );
    outgoing.end(JSON.stringify(words));
  });
}
