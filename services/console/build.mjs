import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds the page: `node services/console/build.mjs [folder]` → services/console/public/ or the folder. Names in assets/ carry a hash of their
 * content, so that they may be kept for ever; index.html names them and is asked for each time. The folder is replaced as a
 * whole, so that a server that is running meets the old page or the new one.
 */
const here = import.meta.dirname;
const target = resolve(process.argv[2] ?? join(here, 'public'));
const fresh = `${target}.${process.pid}`;

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
