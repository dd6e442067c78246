import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@mooring/kernel';
import type { EngineSource, EngineSpec } from './engine-table.ts';
import { checkoutFolder, findGo, findOnPath, programFile } from './paths.ts';
import { runCommand } from './run-command.ts';

type GoSource = Extract<EngineSource, { kind: 'go' }>;

/**
 * Builds `spec` into `folder`. Go fetches by its module proxy and refuses whatever differs from our go.sum; its own environment
 * decides which proxy. `nice`, where there is one, keeps the machine usable meanwhile.
 */
export async function buildWithGo(
  spec: EngineSpec,
  source: GoSource,
  folder: string,
  onBegin: () => void = () => undefined,
): Promise<void> {
  const go = findGo();
  if (go === undefined) throw goIsMissing(spec, source);
  onBegin();
  const cwd = join(checkoutFolder(), source.moduleFolder);
  const env = { ...process.env, GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' };
  const build = ['build', '-ldflags', source.linkerFlags, '-o', join(folder, programFile(spec.name)), source.package];
  const nice = findOnPath('nice');
  await runCommand({ program: nice ?? go, args: nice === undefined ? build : ['-n', '10', go, ...build], cwd, env });
  if (source.alongside === undefined) return;
  const { module, folder: name } = source.alongside;
  const moduleFolder = (
    await runCommand({ program: go, args: ['list', '-m', '-f', '{{.Dir}}', module], cwd, env })
  ).trim();
  await cp(join(moduleFolder, name), join(folder, name), { recursive: true });
}

const goIsMissing = ({ name, version }: EngineSpec, { acceptFromPath }: GoSource): Failure =>
  new Failure(
    'not-found',
    `${name} ${version} is not on this machine and there is no Go to build it. Do one of these, then start again:\n` +
      '  - install Go (https://go.dev/dl, or your package manager; 1.21 or later fetches the rest by itself)\n' +
      (acceptFromPath === undefined
        ? ''
        : `  - put a ${name} of version ${acceptFromPath.minimum} or later on the PATH (https://nats.io/download, brew install nats-server)\n`),
  );
