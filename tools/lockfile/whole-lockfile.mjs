/**
 * A lockfile that is whole on every platform.
 *
 * Some registries serve an npm package's optional per-platform packages only for the platform that asks. A lockfile made
 * there lacks the others, and `npm ci` on a machine of another platform refuses it ("Missing: … from lock file"). What such an entry needs
 * is known all the same: name and exact version stand in its parent's `optionalDependencies`, os, cpu and libc in its name.
 *
 * What an added entry lacks: `integrity`, which only the registry can tell (npm accepts that, and the version is exact and the
 * parent that names it is itself locked by integrity), `license` and `engines`, which are for show. Run `npm install` where
 * the registry serves everything, and npm fills them in; this then finds nothing to add.
 */

const OS = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 's390x', 'loong64', 'riscv64'];
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };
const EXACT = /^\d+\.\d+\.\d+(?:[-+].+)?$/;

/** Entries that are named by an installed parent and are not in the lockfile: `[{ path, entry, parent }]`, in a stable order. */
export function missingEntries(lockfile) {
  const found = new Map();
  for (const [parent, manifest] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(manifest.optionalDependencies ?? {})) {
      if (!EXACT.test(version) || resolves(lockfile.packages, parent, name, version)) continue;
      const path = pathFor(lockfile.packages, parent, name);
      found.set(path, { path, parent, entry: entryOf(name, version, manifest) });
    }
  }
  return [...found.values()];
}

/** The same lockfile with them, in npm's own order of keys. */
export function makeWhole(lockfile) {
  const added = missingEntries(lockfile).map(({ path, entry }) => [path, entry]);
  const packages = [...Object.entries(lockfile.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lockfile, packages: Object.fromEntries(packages) };
}

/** Names of entries from the registry that carry no integrity: a package that is not checked on install. */
export const withoutIntegrity = (lockfile) =>
  Object.entries(lockfile.packages)
    .filter(([path, { link, integrity }]) => path.includes('node_modules/') && !link && integrity === undefined)
    .map(([path]) => path);

/** Whether a package required by `parent` is found as Node would: in its own node_modules, then its parents'. */
function resolves(packages, parent, name, version) {
  const here = packages[inside(parent, name)];
  if (here !== undefined) return here.version === version;
  if (parent === '') return false;
  return resolves(packages, parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/'))), name, version);
}

/** At the top, as npm hoists it, unless another version stands there. */
const pathFor = (packages, parent, name) =>
  packages[inside('', name)] === undefined ? inside('', name) : inside(parent, name);

const inside = (folder, name) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;

function entryOf(name, version, parent) {
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const os = words.filter((word) => OS.includes(word));
  const cpu = words.filter((word) => CPU.includes(word));
  const libc = words.flatMap((word) => LIBC[word] ?? []);
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`the platform of ${name} cannot be told from its name`);
  return {
    version,
    cpu,
    ...(parent.dev ? { dev: true } : {}),
    ...(os[0] === 'linux' && libc.length > 0 ? { libc } : {}),
    optional: true,
    os,
  };
}
