// What has to be there before any of our own programs can run. Plain JavaScript for Node 20, without dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const NODE_OLDEST = 20;
const NODE_NEEDED = 24;

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

/** Runs a program to its end; ends this process with one message when it fails. `readable` makes what it wrote fit for a person. */
function run(what, program, args, readable = (output) => output) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => fail(`${what} failed: ${program} cannot be run (${error.message}).`));
    // 'close' comes after the last of the output, 'exit' may come before it.
    child.on('close', (code, signal) => {
      if (code !== 0) fail(`${what} failed (${signal ?? `exit code ${code}`}). It said:\n\n${readable(output).trim()}`);
      resolve();
    });
  });
}

/** npm's errors alone: without its warnings, its usage text and the name of its log. */
function npmErrors(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error'));
  const usage = lines.findIndex((line) => line.includes('Clean install a project'));
  const errors = (usage === -1 ? lines : lines.slice(0, usage)).filter(
    (line) => !line.includes('complete log of this run'),
  );
  const what = errors.length === 0 ? output : errors.map((line) => line.slice('npm error '.length)).join('\n');
  return `${what.trim()}\n\nWhat to do: "git status" shows whether package.json or package-lock.json was changed; npm also needs the network. Then start again.`;
}

/** Packages are whole when the lockfile they were installed from is this one. */
async function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const marker = join(root, 'node_modules', '.mooring-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  console.log('Installing packages (npm ci): about half a minute, once …');
  // Tools to build with and the packages for this platform are needed, whatever the settings of npm say.
  await run(
    'Installing packages (npm ci)',
    'npm',
    ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'],
    npmErrors,
  );
  writeFileSync(marker, lock);
}

/** Node 24: the one that npm brought for this platform, else the one that runs this if it is new enough. */
function findNode() {
  const { platform, arch, versions, execPath } = process;
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const bundled = join(root, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(bundled)) return bundled;
  if (Number(versions.node.split('.')[0]) >= NODE_NEEDED) return execPath;
  return fail(
    `Node ${NODE_NEEDED} is needed: npm has no package of it for ${platform}-${arch}. Install it and start again; this is Node ${versions.node}.`,
  );
}

/** Brings packages, Node 24 and the build up to date; gives the path of Node 24. Ends the process with one message where it cannot. */
export async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < NODE_OLDEST) {
    fail(`Node ${NODE_OLDEST} or later is needed to start; this is Node ${process.versions.node}.`);
  }
  await installPackages();
  const node = findNode();
  const first = !existsSync(join(root, 'tools/up/dist/src/main.js'));
  if (first) console.log('Building …');
  await run('The build', node, ['node_modules/typescript-7/bin/tsc', '-b']);
  await run('The build of the page', node, ['services/console/build.mjs', '--if-changed']);
  return node;
}
