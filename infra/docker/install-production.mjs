// Puts what the processes need when they run, and nothing else, into a folder: their compiled code, the page, and the packages that
// the lockfile gives them. `node infra/docker/install-production.mjs [folder]`; the folder is image/ of the checkout unless given.
// Run after the build. Plain JavaScript without dependencies; needs npm and its registry.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const target = resolve(process.argv[2] ?? join(root, 'image'));

/** What is started: the services, and the provisioner in tools/up. */
const STARTED = ['connections', 'discovery', 'notifications', 'gateway', 'console', 'up'].map(
  (name) => `@mooring/${name}`,
);

const manifest = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

const workspaces = new Map(
  ['libs', 'services', 'tools']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => [manifest(folder).name, folder]),
);

/** The workspaces that one needs when it runs, itself included. */
function needed(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const own = Object.keys(manifest(workspaces.get(name)).dependencies ?? {}).filter((other) => workspaces.has(other));
  for (const other of own) needed(other, found);
  return found;
}

const compiled = new Set(STARTED.flatMap((name) => [...needed(name)]));

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const copy = (path, filter = () => true) => cpSync(join(root, path), join(target, path), { recursive: true, filter });

for (const file of ['package.json', 'package-lock.json', '.npmrc', 'LICENSE']) copy(file);
for (const [name, folder] of workspaces) {
  // npm wants to see every workspace that the lockfile names.
  copy(join(folder, 'package.json'));
  if (!compiled.has(name)) continue;
  copy(join(folder, 'dist/src'), (path) => !/\.(d\.ts|d\.ts\.map)$|\.spec\./.test(path));
  if (existsSync(join(root, folder, 'public'))) copy(join(folder, 'public'));
}
execFileSync(
  'npm',
  [
    ...['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'],
    ...STARTED.flatMap((name) => ['--workspace', name]),
  ],
  { cwd: target, stdio: 'inherit' },
);
// Types and source maps of packages are half of their size, and nothing reads them when it runs.
for (const entry of readdirSync(join(target, 'node_modules'), { recursive: true, withFileTypes: true }))
  if (entry.isFile() && /\.(d\.[cm]?ts|map|md|markdown)$/.test(entry.name) && !/license|notice/i.test(entry.name))
    rmSync(join(entry.parentPath, entry.name));
