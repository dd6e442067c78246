import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type ToFleet =
  | { readonly kind: 'start'; readonly clusters: number; readonly objects: number }
  | { readonly kind: 'kubeconfig'; readonly from: number; readonly to: number }
  | { readonly kind: 'churn'; readonly perSecond: number; readonly forMs: number };

export type FromFleet =
  | { readonly kind: 'started' }
  | { readonly kind: 'kubeconfig'; readonly text: string }
  | { readonly kind: 'churned'; readonly changes: number; readonly seconds: number }
  | { readonly kind: 'sent'; readonly mark: string; readonly atMs: number }
  | { readonly kind: 'failed'; readonly message: string };

type Answer = Exclude<FromFleet['kind'], 'sent' | 'failed'>;

/** Simulated clusters in a process of their own. */
export interface Fleet extends AsyncDisposable {
  readonly pid: number;
  /** One context for each of these clusters, numbered from 0; `to` is not among them. */
  kubeconfig(from: number, to: number): Promise<string>;
  /** Changes them in turn for so long; a few of the changes are marked. Gives how many there were. */
  churn(perSecond: number, forMs: number): Promise<number>;
  /** Is called before a marked change is made. */
  onSent: ((mark: string, atMs: number) => void) | undefined;
}

export async function startFleet(clusters: number, objects: number): Promise<Fleet> {
  const child = fork(fileURLToPath(new URL('./fleet-main.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const exited = once(child, 'exit');
  const ask = <K extends Answer>(message: ToFleet, kind: K): Promise<Extract<FromFleet, { kind: K }>> =>
    new Promise((resolve, reject) => {
      const end = (): void => void child.off('message', onMessage).off('exit', onExit);
      const fail = (reason: string): void => {
        end();
        reject(new Error(`the simulated clusters: ${reason}`));
      };
      const onExit = (): void => fail('they ended');
      const onMessage = (answer: FromFleet): void => {
        if (answer.kind === 'failed') fail(answer.message);
        if (answer.kind !== kind) return;
        end();
        resolve(answer as Extract<FromFleet, { kind: K }>);
      };
      child.on('message', onMessage).once('exit', onExit);
      child.send(message);
    });
  const fleet: Fleet = {
    pid: child.pid ?? 0,
    kubeconfig: async (from, to) => (await ask({ kind: 'kubeconfig', from, to }, 'kubeconfig')).text,
    churn: async (perSecond, forMs) => (await ask({ kind: 'churn', perSecond, forMs }, 'churned')).changes,
    onSent: undefined,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
  child.on('message', (message: FromFleet) => {
    if (message.kind === 'sent') fleet.onSent?.(message.mark, message.atMs);
  });
  await ask({ kind: 'start', clusters, objects }, 'started');
  return fleet;
}
