import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';
import { parseDemoArguments, type DemoArguments } from './arguments.ts';
import { startDemo } from './demo.ts';
import { readKeys, writeOwnFile } from './keys-file.ts';
import { openSwitchboard } from './switchboard.ts';

async function run(options: DemoArguments): Promise<void> {
  const { kubeconfigOut, controlPort } = options;
  if (kubeconfigOut !== undefined) requireFolderOf(kubeconfigOut);
  const keysFile = kubeconfigOut === undefined ? undefined : `${kubeconfigOut}.keys.json`;
  await using demo = await startDemo({ ...options, keys: keysFile === undefined ? {} : await readKeys(keysFile) });
  if (kubeconfigOut !== undefined && keysFile !== undefined) {
    await writeOwnFile(keysFile, JSON.stringify(demo.keys));
    await writeOwnFile(kubeconfigOut, demo.kubeconfig);
  }
  await using switchboard = controlPort === undefined ? undefined : await openSwitchboard(controlPort, demo.clusters);
  for (const { name, server, uid } of demo.clusters) console.log(`simulated cluster ${name} at ${server} (${uid})`);
  if (switchboard !== undefined)
    console.log(
      `take one away: curl -X POST http://127.0.0.1:${switchboard.port}/clusters/${demo.clusters[0]?.name}/stop`,
    );
  console.log('kube-sim is ready');
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** Before anything is started: what fails later names a file that nobody asked for. */
function requireFolderOf(file: string): void {
  const folder = dirname(resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Failure('invalid', `--kubeconfig-out ${file}: there is no folder ${folder}`);
}

const parsed = parseDemoArguments(process.argv.slice(2));
if (parsed.ok) {
  try {
    await run(parsed.value);
  } catch (error) {
    console.error(`kube-sim cannot run: ${messageOf(error)}`);
    process.exitCode = 1;
  }
} else {
  console.error(parsed.error);
  process.exitCode = 2;
}
