import type { InProcessService } from '@mooring/service-host';
import { buildPage, startConsole } from './open-page.ts';

describe('the console serves the built page', () => {
  let built: Awaited<ReturnType<typeof buildPage>>;
  let service: InProcessService;
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service.url}${path}`, { headers: { ...service.gatewayHeaders, ...headers } });
  const assetsOf = (html: string): readonly string[] =>
    [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);

  beforeAll(async () => {
    built = await buildPage();
    service = await startConsole(built.folder);
  });
  afterAll(async () => {
    await service.destroy();
    await built[Symbol.asyncDispose]();
  });

  it('asks browsers to ask for the page each time, and answers that it is unchanged', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const again = await get('/', { 'if-none-match': page.headers.get('etag')! });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('lets browsers keep what the page names, for ever', async () => {
    const paths = assetsOf(await (await get('/')).text());
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      const asset = await get(path);
      expect([path, asset.status]).toEqual([path, 200]);
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('needs nothing but its own origin, and has nothing inline', async () => {
    const page = await get('/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self';");
    const html = await page.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)| on[a-z]+=|https?:/);
  });

  it('is small on the wire, and says under one tag what it sends under one coding', async () => {
    const [path = ''] = assetsOf(await (await get('/')).text()).filter((name) => name.endsWith('.js'));
    const plain = await get(path, { 'accept-encoding': 'identity' });
    const packed = await get(path, { 'accept-encoding': 'gzip, br' });
    expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([null, 'br']);
    expect(await packed.text()).toBe(await plain.text());
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(40_000);
    expect(packed.headers.get('etag')).not.toBe(plain.headers.get('etag'));
    expect(packed.headers.get('vary')).toBe('accept-encoding');
  });

  it('has nothing else: no folder above, no listing', async () => {
    for (const path of ['/assets/', '/assets/%2e%2e/index.html', '/package.json', '/index.htm'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('answers nobody but the gateway', async () => {
    expect((await fetch(service.url)).status).toBe(401);
  });
});

it('does not start without a built page, and says how to build it', async () => {
  await expect(startConsole('/nowhere')).rejects.toThrow('node services/console/build.mjs');
});
