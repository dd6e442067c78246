import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findGo, runCommand } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import type { KubeApi } from './kube-api.ts';
import { waitUntil, type Patience } from './wait-until.ts';

export const BUNDLES = ['gateway-api', 'istio'] as const;

/** CRDs as their projects publish them: the Gateway API's standard channel, and all of Istio's. */
export type Bundle = (typeof BUNDLES)[number];

interface Published {
  readonly module: string;
  readonly version: string;
  /** Of the module's content; Go checks what it fetches, and so do we. */
  readonly sum: string;
  /** A file or a folder in it. */
  readonly manifests: string;
}

const PUBLISHED: Readonly<Record<Bundle, Published>> = {
  'gateway-api': {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.5.1',
    sum: 'h1:RqVRIlkhLhUO8wOHKTLnTJA6o/1un4po4/6M1nRzdd0=',
    manifests: 'config/crd/standard',
  },
  istio: {
    module: 'istio.io/api',
    version: 'v1.31.1',
    sum: 'h1:5Yb5ihcz4YQsCkciusK7DnFpBMwRB6EFWeUKH1Atuyk=',
    manifests: 'kubernetes/customresourcedefinitions.gen.yaml',
  },
};

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function fetchModule({ module, version, sum }: Published): Promise<string> {
  const go = findGo();
  if (go === undefined)
    throw new Failure('not-found', `the CRDs of ${module} come by Go's module proxy, and there is no Go`);
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  const text = await runCommand({ program: go, args: ['mod', 'download', '-json', `${module}@${version}`], env });
  const found = JSON.parse(text) as { Dir: string; Sum: string };
  if (found.Sum !== sum)
    throw new Failure('invalid', `${module} ${version} is not what it was: ${found.Sum}, not ${sum}`);
  return found.Dir;
}

async function readManifests(path: string): Promise<readonly string[]> {
  if (path.endsWith('.yaml')) return (await readFile(path, 'utf8')).split(/^---$/m);
  const files = (await readdir(path)).filter((name) => name.endsWith('.yaml')).sort();
  return (await Promise.all(files.map((name) => readManifests(join(path, name))))).flat();
}

const isCrd = (manifest: string): boolean => /^kind: CustomResourceDefinition$/m.test(manifest);

interface Crd {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Creates them, leaving those that are there, and resolves when all are served. Gives their names (`gateways.networking.istio.io`). */
export async function installCrds(api: KubeApi, bundle: Bundle, patience: Patience): Promise<readonly string[]> {
  const published = PUBLISHED[bundle];
  const manifests = (await readManifests(join(await fetchModule(published), published.manifests))).filter(isCrd);
  const names: string[] = [];
  for (const manifest of manifests) {
    const name = /^ {2}name: (\S+)$/m.exec(manifest)?.[1];
    if (name === undefined) throw new Failure('invalid', `a CRD of ${bundle} has no name`);
    await api.create(CRDS, manifest);
    names.push(name);
  }
  await Promise.all(
    names.map((name) =>
      waitUntil(`${name} is established`, { timeoutMs: 30_000, patience }, async () => {
        const { body } = await api.call('GET', `${CRDS}/${name}`);
        const conditions = (body as Crd).status?.conditions ?? [];
        return conditions.some(({ type, status }) => type === 'Established' && status === 'True') ? true : undefined;
      }),
    ),
  );
  return names;
}
