import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startInProcess } from '@mooring/service-host';
import { CHROMIUM_ARGUMENTS, temporaryFolder } from '@mooring/testing';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { consoleService } from '../src/service.ts';

import { startOrigin } from './origin.ts';
import { createRecordedApi, type RecordedApi } from './recorded-api.ts';

/** The page in a real browser, from the real console, with an API of its own. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly api: RecordedApi;
  readonly url: string;
  /** What the browser complained of: errors of scripts, breaches of the content security policy. */
  readonly complaints: readonly string[];
  /** Requests that left the origin. There must be none. */
  readonly strays: readonly string[];
}

/** Builds the page into a folder of its own, so that no test meets a page that is older than its source. */
export async function buildPage(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const temporary = await temporaryFolder();
  const folder = join(temporary.path, 'public');
  execFileSync(process.execPath, [join(import.meta.dirname, '../build.mjs'), folder]);
  return { folder, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}

export const startConsole = (pageFolder: string) => startInProcess(consoleService, { pageFolder });

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS, headless: true });

export interface OpenDeps {
  readonly browser: Browser;
  readonly pageFolder: string;
}

export interface OpenOptions extends BrowserContextOptions {
  readonly hash?: string;
  readonly prepare?: (api: RecordedApi) => void;
}

export async function openPage({ browser, pageFolder }: OpenDeps, options: OpenOptions = {}): Promise<OpenPage> {
  const { hash = '', prepare, ...contextOptions } = options;
  const api = createRecordedApi();
  prepare?.(api);
  const console = await startConsole(pageFolder);
  const { url: consoleUrl, gatewayHeaders } = console;
  const origin = await startOrigin({
    api: (request, response) => api.handle(request, response),
    consoleUrl,
    gatewayHeaders,
  });
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const strays: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // Answers that are no success are logged by the browser itself; the tests provoke them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin.url)) strays.push(request.url());
  });
  await page.goto(`${origin.url}/${hash}`);
  return {
    page,
    api,
    url: origin.url,
    complaints,
    strays,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await origin[Symbol.asyncDispose]();
      await console.destroy();
    },
  };
}
