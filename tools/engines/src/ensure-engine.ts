import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce } from './build-once.ts';
import { buildWithGo } from './build-with-go.ts';
import { engineSpec, type Engine, type EngineName, type EngineSource, type EngineSpec } from './engine-table.ts';
import { cacheFolder, checkoutFolder, findOnPath, programFile } from './paths.ts';
import { locatePostgres } from './locate-postgres.ts';
import { runCommand } from './run-command.ts';
import { compareVersions } from './version.ts';

export interface EnsureOptions {
  /** Told before anything that takes long, in a sentence for a person. */
  readonly progress?: (line: string) => void;
}

/**
 * Gives the engine, building it into the cache when this machine has none; a second call finds it in milliseconds.
 * Where that is impossible (no Go, an unsupported platform) it fails with a {@link Failure} that says what to do.
 */
export async function ensureEngine(name: EngineName, { progress }: EnsureOptions = {}): Promise<Engine> {
  const found = await findEngine(name);
  if (found !== undefined) return found;
  const spec = engineSpec(name);
  const { source } = spec;
  if (source.kind === 'npm') return locatePostgres(spec, source.packageScope);
  const target = await cachedFolder(spec, source);
  await buildOnce({
    target,
    build: (folder) =>
      buildWithGo(spec, source, folder, () =>
        progress?.(
          `building ${name} ${spec.version}: about ${source.buildSeconds} s, once per machine (into ${target})`,
        ),
      ),
    onWait: () => progress?.(`another process is building ${name} ${spec.version}; waiting for it`),
  });
  return inCache(spec, target);
}

/** The engine if it is on this machine already; never builds or fetches. */
export async function findEngine(name: EngineName): Promise<Engine | undefined> {
  const spec = engineSpec(name);
  const { source } = spec;
  if (source.kind === 'npm') return locatePostgres(spec, source.packageScope).catch(() => undefined);
  const onPath = await fromPath(spec, source);
  if (onPath !== undefined) return onPath;
  const target = await cachedFolder(spec, source);
  return existsSync(target) ? inCache(spec, target) : undefined;
}

async function fromPath(
  { name }: EngineSpec,
  { acceptFromPath }: Extract<EngineSource, { kind: 'go' }>,
): Promise<Engine | undefined> {
  const path = acceptFromPath === undefined ? undefined : findOnPath(name);
  if (path === undefined || acceptFromPath === undefined) return undefined;
  const output = await runCommand({ program: path, args: ['--version'] }).catch(() => '');
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  return version === undefined || compareVersions(version, acceptFromPath.minimum) < 0
    ? undefined
    : { name, version, path, from: 'path' };
}

const inCache = ({ name, version }: EngineSpec, folder: string): Engine => ({
  name,
  version,
  path: join(folder, programFile(name)),
  from: 'cache',
});

/** Named by version, platform and the module's own text: a changed go.sum or main.go is another engine, and an old one stays usable. */
async function cachedFolder(
  { name, version }: EngineSpec,
  source: Extract<EngineSource, { kind: 'go' }>,
): Promise<string> {
  const folder = join(checkoutFolder(), source.moduleFolder);
  const hash = createHash('sha256').update(source.linkerFlags);
  for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(join(folder, file)));
  const content = hash.digest('hex').slice(0, 12);
  return join(cacheFolder(), `${name}-${version}-${process.platform}-${process.arch}-${content}`);
}
