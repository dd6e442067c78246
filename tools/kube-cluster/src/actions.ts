import { ok, refused, type Result } from '@mooring/kernel';
import { ROLES, type Role } from './cluster-folder.ts';
import { BUNDLES, type Bundle } from './custom-types.ts';
import type { KubeCluster } from './kube-cluster.ts';

/** What can be done to a running cluster from outside its process. */
export type Action =
  | { readonly what: 'status' | 'stop' | 'start' | 'kill' | 'restart' | 'compact' | 'upgrade' }
  | { readonly what: 'rotate-token'; readonly role: Role }
  | { readonly what: 'rotate-certificate'; readonly newAuthority: boolean }
  | { readonly what: 'crds'; readonly bundle: Bundle }
  | { readonly what: 'churn'; readonly perSecond: number; readonly seconds: number };

export const ACTIONS = `  status                        version, address, process ids
  kill                          ends the API server without a goodbye; \`start\` brings it back
  stop, start, restart          of the API server
  compact                       makes etcd forget all but the newest state
  rotate-token ROLE             gives a user another token (${ROLES.join(', ')})
  rotate-certificate [--new-authority]
  upgrade                       to the next minor version, in place
  crds gateway-api|istio        creates their CRDs
  churn RATE/s SECONDS          changes things for that long: up to 1000/s, up to 86400 s`;

const PLAIN = ['status', 'stop', 'start', 'kill', 'restart', 'compact', 'upgrade'] as const;

/** `5/s` or `5`: more than 0, at most 1,000; `undefined` for anything else. */
export function parseRate(text: string): number | undefined {
  const rate = Number(/^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN);
  return rate > 0 && rate <= 1000 ? rate : undefined;
}

const SECONDS_MAX = 86_400;

/** More than 0, at most a day; `undefined` for anything else. */
function parseSeconds(text: string): number | undefined {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return seconds > 0 && seconds <= SECONDS_MAX ? seconds : undefined;
}

/** How many words an action has after its name. */
const WORDS_MAX: Readonly<Record<string, number>> = { 'rotate-token': 1, 'rotate-certificate': 1, crds: 1, churn: 2 };

/** Reads the words after the name of the program. */
export function parseAction(words: readonly string[]): Result<Action, string> {
  const [what = '', first = '', second = ''] = words;
  const tooMany = words.at(1 + (WORDS_MAX[what] ?? 0));
  const plain = PLAIN.find((each) => each === what);
  const isKnown = plain !== undefined || what in WORDS_MAX;
  if (isKnown && tooMany !== undefined) return refused(`${what} does not take ${tooMany}; there are:\n${ACTIONS}`);
  if (plain !== undefined) return ok({ what: plain });
  if (what === 'rotate-token') {
    const role = ROLES.find((each) => each === first);
    return role === undefined ? refused(`rotate-token needs one of ${ROLES.join(', ')}`) : ok({ what, role });
  }
  if (what === 'rotate-certificate') {
    const isPlain = first === '' || first === '--new-authority';
    return isPlain ? ok({ what, newAuthority: first !== '' }) : refused(`${what} takes --new-authority, not ${first}`);
  }
  if (what === 'crds') {
    const bundle = BUNDLES.find((each) => each === first);
    return bundle === undefined ? refused(`crds needs one of ${BUNDLES.join(', ')}`) : ok({ what, bundle });
  }
  if (what === 'churn') {
    const [perSecond, seconds] = [parseRate(first), parseSeconds(second)];
    if (perSecond === undefined || seconds === undefined)
      return refused(
        `churn needs a rate of at most 1000/s and at most ${SECONDS_MAX} seconds, both more than 0, as in churn 5/s 60, not ${first} ${second}`,
      );
    return ok({ what, perSecond, seconds });
  }
  return refused(`there is no ${what}; there are:\n${ACTIONS}`);
}

/** Does it, and gives a sentence for a person. */
export async function runAction(cluster: KubeCluster, action: Action): Promise<string> {
  switch (action.what) {
    case 'status':
      return [
        `Kubernetes ${cluster.version} at ${cluster.server}, uid ${cluster.uid}`,
        ...Object.entries(cluster.processes).map(([what, pid]) => `${what.padEnd(24)} ${pid}`),
      ].join('\n');
    case 'stop':
      await cluster.stopApiServer();
      return 'the API server is stopped';
    case 'kill':
      await cluster.killApiServer();
      return 'the API server is dead';
    case 'start':
      await cluster.startApiServer();
      return 'the API server is ready';
    case 'restart':
      await cluster.restartApiServer();
      return 'the API server is ready again';
    case 'compact':
      return `etcd is compacted up to revision ${await cluster.compactEtcd()}`;
    case 'upgrade': {
      const before = cluster.version;
      await cluster.upgrade();
      return cluster.version === before
        ? `this is Kubernetes ${before} already, the newest there is here: nothing to do`
        : `this is Kubernetes ${cluster.version} now`;
    }
    case 'rotate-token':
      await cluster.rotateToken(action.role);
      return `${action.role} has another token; the kubeconfig files are written anew`;
    case 'rotate-certificate':
      await cluster.rotateCertificate({ newAuthority: action.newAuthority });
      return 'the API server shows another certificate; the kubeconfig files are written anew';
    case 'crds':
      return (await cluster.installCrds(action.bundle)).join('\n');
    case 'churn': {
      const { perSecond, seconds } = action;
      const tally = await cluster.churn({ perSecond, signal: AbortSignal.timeout(seconds * 1000) });
      return `${tally.writes} writes in ${tally.seconds.toFixed(1)} s, ${tally.failed} refused`;
    }
  }
}
