import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds the page: `node services/console/build.mjs [--if-changed] [folder]`; the folder is services/console/public/ unless
 * given. Names in assets/ carry a hash of their content, so that they may be kept for ever; index.html names them and is asked
 * for each time. The folder is replaced as a whole, so that who reads it meets the old page or the new one. With `--if-changed`
 * a page that is newer than its sources is left as it is.
 */
const here = import.meta.dirname;
const [folder = join(here, 'public')] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const target = resolve(folder);
const fresh = `${target}.${process.pid}`;

const inputs = ['web', 'build.mjs', 'package.json'].map((name) => join(here, name));

const newestMs = (path) => {
  const stat = statSync(path);
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => newestMs(join(path, name))) : [];
  return Math.max(stat.mtimeMs, ...inside);
};

const index = join(target, 'index.html');
if (
  process.argv.includes('--if-changed') &&
  existsSync(index) &&
  statSync(index).mtimeMs > Math.max(...inputs.map(newestMs))
)
  process.exit(0);

rmSync(fresh, { recursive: true, force: true });
mkdirSync(join(fresh, 'assets'), { recursive: true });

const { metafile } = await build({
  entryPoints: { page: join(here, 'web/src/main.tsx'), style: join(here, 'web/styles/page.css') },
  outdir: join(fresh, 'assets'),
  entryNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  sourcemap: 'linked',
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  metafile: true,
  logLevel: 'warning',
  absWorkingDir: here,
});

const named = (extension) => {
  const path = Object.entries(metafile.outputs).find(
    ([name, output]) => name.endsWith(extension) && output.entryPoint !== undefined,
  );
  if (path === undefined) throw new Error(`The build made no ${extension}`);
  return `/assets/${basename(path[0])}`;
};

const icon = readFileSync(join(here, 'web/static/icon.svg'));
const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase()}.svg`;
writeFileSync(join(fresh, 'assets', iconName), icon);

const page = readFileSync(join(here, 'web/index.html'), 'utf8')
  .replace('/assets/page.js', named('.js'))
  .replace('/assets/page.css', named('.css'))
  .replace('/assets/icon.svg', `/assets/${iconName}`);
writeFileSync(join(fresh, 'index.html'), page);

rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
