import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Content codings this service has ready; `identity` is the file as it is. */
export type Coding = 'br' | 'gzip' | 'identity';

export interface PageFile {
  /** Path of the URL, `/assets/page-1A2B3C4D.js`; the page itself is `/`. */
  readonly path: string;
  readonly mediaType: string;
  readonly cacheControl: string;
  /** A strong tag per coding: the same URL has different bytes under each. */
  readonly etags: Readonly<Record<Coding, string>>;
  readonly bodies: Readonly<Record<Coding, Buffer>>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

/** The name carries a hash of the content, so that what is behind it never changes. */
const HASHED = /-[0-9A-Z]{8}\.[a-z]+(\.map)?$/;

/** What is not hashed is asked for each time; the tag makes that cheap. */
const cacheControlOf = (path: string): string =>
  HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

function toPageFile(path: string, content: Buffer): PageFile {
  const mediaType = MEDIA_TYPES[extname(path === '/' ? 'index.html' : path)] ?? 'application/octet-stream';
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  return {
    path,
    mediaType,
    cacheControl: cacheControlOf(path),
    etags: { identity: `"${hash}"`, gzip: `"${hash}-gzip"`, br: `"${hash}-br"` },
    bodies: { identity: content, gzip: gzipSync(content), br: brotliCompressSync(content) },
  };
}

/** `public` beside the `package.json` that this code belongs to, from `src` as from `dist`. */
export function defaultPageFolder(from: string = import.meta.dirname): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'public');
}

/**
 * Reads the whole built page into memory (well below 1 MB): what is served stays one page, also when a new one is built
 * meanwhile. Throws with what to do when there is none.
 */
export function readPageFiles(folder: string): readonly PageFile[] {
  const index = join(folder, 'index.html');
  if (!existsSync(index))
    throw new Error(`${index} is missing: the page is not built. Run: node services/console/build.mjs`);
  const assets = readdirSync(join(folder, 'assets'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => toPageFile(`/assets/${name}`, readFileSync(join(folder, 'assets', name))));
  return [toPageFile('/', readFileSync(index)), ...assets];
}
