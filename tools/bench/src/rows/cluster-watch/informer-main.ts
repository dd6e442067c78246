import {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  makeInformer,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { MARK_LABEL, nowMs, serve, tell } from './contestant.ts';

/** `@kubernetes/client-node` as its own examples use it: an informer for each kind, with the typed list. */

type List = () => Promise<KubernetesListObject<KubernetesObject>>;

const KINDS = (config: KubeConfig): readonly (readonly [path: string, list: List])[] => {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const discovery = config.makeApiClient(DiscoveryV1Api);
  return [
    ['/api/v1/namespaces', () => core.listNamespace()],
    ['/api/v1/nodes', () => core.listNode()],
    ['/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces()],
    ['/apis/apps/v1/statefulsets', () => apps.listStatefulSetForAllNamespaces()],
    ['/apis/apps/v1/daemonsets', () => apps.listDaemonSetForAllNamespaces()],
    ['/api/v1/services', () => core.listServiceForAllNamespaces()],
    ['/apis/discovery.k8s.io/v1/endpointslices', () => discovery.listEndpointSliceForAllNamespaces()],
    ['/api/v1/pods', () => core.listPodForAllNamespaces()],
  ];
};

serve(async ({ way }) => {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: way.server, caData: Buffer.from(way.caPem).toString('base64') }],
    users: [{ name: 'u', token: way.token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const startedAt = performance.now();
  const informers = KINDS(config).map(([path, list]) => makeInformer(config, path, list));
  const seen = (object: KubernetesObject): void => {
    const mark = object.metadata?.labels?.[MARK_LABEL];
    if (mark !== undefined) tell({ kind: 'seen', marks: [mark], atMs: nowMs() });
  };
  let failed: Error | undefined;
  for (const informer of informers) {
    informer.on('update', seen);
    informer.on('error', (error: unknown) => {
      failed ??= error instanceof Error ? error : new Error(String(error));
      // It stops for good otherwise.
      void informer.start();
    });
  }
  await Promise.all(informers.map((informer) => informer.start()));
  if (failed !== undefined) throw failed;
  const objects = informers.reduce((sum, informer) => sum + informer.list().length, 0);
  return { ms: performance.now() - startedAt, objects };
});
