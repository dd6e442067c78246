import type { BuiltinTypes } from './builtin-types.ts';
import {
  daemonSetDraft,
  deploymentDraft,
  endpointSliceDraft,
  namespaceDraft,
  nodeDraft,
  podDraft,
  serviceDraft,
} from './objects.ts';
import type { LazyContent, LazyObject, ObjectDraft, ObjectName } from './store.ts';
import type { TypeName } from './types.ts';

export interface LazyContentOptions {
  /** In all, 20 or more: namespaces, nodes, deployments with their services and endpoints, and pods for the rest. */
  readonly objects: number;
}

type UidOf = (type: TypeName, name: ObjectName) => string;
type Draft = (uidOf: UidOf) => ObjectDraft;

const PODS_EACH = 6;
const APPS_PER_NAMESPACE = 30;
const PODS_PER_NODE = 100;
/** A time that is the same in every run. */
const HEARTBEAT = new Date('2026-01-01T00:00:00Z');

const made = new Map<string, LazyContent>();

/** The same content for all clusters that ask for the same: what differs between them is made when it is looked at. */
export function lazyContent(options: LazyContentOptions, builtins: BuiltinTypes): LazyContent {
  const key = `${options.objects} ${builtins}`;
  const content = made.get(key) ?? makeContent(options, builtins);
  made.set(key, content);
  return content;
}

const keyOf = ({ namespace, name }: ObjectName): string => `${namespace ?? ''}/${name}`;
const addressOf = (second: number, index: number): string =>
  `10.${second}.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`;
const numbered = (word: string, index: number): string => `${word}-${String(index + 1).padStart(4, '0')}`;

function makeContent({ objects }: LazyContentOptions, builtins: BuiltinTypes): LazyContent {
  const types = new Map<string, LazyObject[]>();
  let ordinal = 0;
  const add = (type: TypeName, name: ObjectName, draft: Draft): void => {
    const list = types.get(type) ?? [];
    types.set(type, list);
    ordinal += 1;
    list.push({ ...name, ordinal, draft });
  };
  const withReplicaSets = builtins === 'all';
  const perApp = (withReplicaSets ? 4 : 3) + PODS_EACH;
  const nodes = Math.max(2, Math.ceil(((objects / perApp) * PODS_EACH) / PODS_PER_NODE));
  const apps = Math.max(1, Math.floor((objects - nodes - 2) / (perApp + 1 / APPS_PER_NAMESPACE)));
  const namespaces = Math.ceil(apps / APPS_PER_NAMESPACE);

  for (const name of ['default', 'kube-system']) add('namespaces', { name }, () => namespaceDraft(name));
  for (let index = 0; index < namespaces; index += 1) {
    const name = numbered('team', index);
    add('namespaces', { name }, () => namespaceDraft(name));
  }
  for (let index = 0; index < nodes; index += 1) {
    const name = numbered('node', index);
    add('nodes', { name }, () => nodeDraft(name, index, HEARTBEAT));
  }
  for (let app = 0; app < apps; app += 1)
    addApp(add, {
      namespace: numbered('team', app % namespaces),
      name: numbered('app', app),
      nodes,
      app,
      withReplicaSets,
    });
  // Those that are missing to the number that was asked for are pods that nobody owns.
  for (let index = 0; ordinal < objects; index += 1) {
    const pod = { namespace: 'default', name: numbered('alone', index) };
    add('pods', pod, () =>
      podDraft({ ...pod, app: 'alone', image: 'registry.example/alone:1', ip: addressOf(245, index) }),
    );
  }
  for (const list of types.values()) list.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return types;
}

interface AppShape {
  readonly namespace: string;
  readonly name: string;
  readonly app: number;
  readonly nodes: number;
  readonly withReplicaSets: boolean;
}

function addApp(add: (type: TypeName, name: ObjectName, draft: Draft) => void, shape: AppShape): void {
  const { namespace, name, app, nodes, withReplicaSets } = shape;
  const image = `registry.example/${name}:1.0.${app % 10}`;
  const where = { namespace, name };
  const hash = `${name}-6c9f7d5b48`;
  const deployment: Draft = () => deploymentDraft({ ...where, image, replicas: PODS_EACH, ready: PODS_EACH });
  const ownedBy = (type: TypeName, kind: string, owner: string, uidOf: UidOf): object => ({
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind,
        name: owner,
        uid: uidOf(type, { namespace, name: owner }),
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  });
  add('deployments.apps', where, deployment);
  add('services', where, () => serviceDraft(where, addressOf(96, app)));
  if (withReplicaSets)
    add('replicasets.apps', { namespace, name: hash }, (uidOf) => {
      const { metadata, ...rest } = daemonSetDraft({ ...where, image, replicas: PODS_EACH, ready: PODS_EACH });
      return {
        ...rest,
        metadata: { ...metadata, name: hash, ...ownedBy('deployments.apps', 'Deployment', name, uidOf) },
      };
    });
  const pods = Array.from({ length: PODS_EACH }, (_, index) => ({
    namespace,
    name: `${hash}-${String(index)}x7kq`,
    ip: addressOf(16 + (app % 200), index + Math.floor(app / 200) * PODS_EACH),
    node: numbered('node', (app * PODS_EACH + index) % nodes),
  }));
  for (const pod of pods)
    add('pods', { namespace, name: pod.name }, (uidOf) => {
      const draft = podDraft({ ...pod, app: name, image });
      const owned = withReplicaSets
        ? ownedBy('replicasets.apps', 'ReplicaSet', hash, uidOf)
        : ownedBy('deployments.apps', 'Deployment', name, uidOf);
      return { ...draft, metadata: { ...draft.metadata, ...owned } };
    });
  add('endpointslices.discovery.k8s.io', { namespace, name: `${name}-s1` }, (uidOf) =>
    endpointSliceDraft(
      where,
      pods.map((pod) => ({ ip: pod.ip, ready: true, pod: { name: pod.name, uid: uidOf('pods', pod) } })),
    ),
  );
}
