// What has to be there before any of our own programs can run. Plain JavaScript for Node 20, without dependencies.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

/** npm's errors alone: without its warnings, its usage text, stack traces and the name of its log. */
function npmErrors(output) {
  const errors = output
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .map((line) => line.slice('npm error '.length));
  const usage = errors.findIndex((line) => line.includes('Clean install a project'));
  const told = (usage === -1 ? errors : errors.slice(0, usage)).filter(
    (line) => !/complete log of this run|^\s+at /.test(line),
  );
  return `${(told.length === 0 ? output : told.join('\n')).trim()}

What to do: "git status" shows whether package.json or package-lock.json was changed; npm also needs the network. Then start again.`;
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

const isForHere = ({ os, cpu, libc }) =>
  (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true) && libc === undefined;

/**
 * Whether what npm says it installed is what the lockfile asks for on this platform: npm writes its own list when it is done, so half
 * an installation has none.
 */
function packagesAreWhole() {
  const listed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(listed)) return false;
  const installed = packagesOf(listed);
  return Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path]) => path.startsWith('node_modules/'))
    .every(([path, wanted]) => {
      const found = installed[path];
      if (found === undefined) return wanted.optional === true && !(wanted.os !== undefined && isForHere(wanted));
      return found.version === wanted.version && found.integrity === wanted.integrity && found.link === wanted.link;
    });
}

async function installPackages() {
  if (packagesAreWhole()) return;
  console.log('Installing packages (npm ci): a minute or two, once …');
  // What builds and what is only for this platform is needed, whatever the settings of npm say.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  await run('Installing packages (npm ci)', 'npm', args, npmErrors);
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
