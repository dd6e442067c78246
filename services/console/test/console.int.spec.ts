/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { eventually } from '@mooring/testing';
import type { Browser } from 'playwright-core';
import { findChromium } from '@mooring/testing';
import { faintTexts, namelessRoles, overflowPx } from './looks.ts';
import { buildPage, launch, openPage, type OpenOptions } from './open-page.ts';
import { focused, live, rowOf } from './page-parts.ts';
import { idOf } from './recorded-answers.ts';

const chromium = findChromium();
const named = (what: string): string => (chromium === undefined ? `${what} (skipped: there is no Chromium)` : what);
const inChromium = chromium === undefined ? describe.skip : describe;

const VIEWS = ['#/connections', `#/connections/${idOf(3)}`, '#/events', '#/notifications', '#/import'];
const AP = 'prod-ap-1';
const TEST_MS = 60_000;

inChromium(named('the page in a real browser'), () => {
  let built: Awaited<ReturnType<typeof buildPage>>;
  let browser: Browser;
  const open = (options: OpenOptions = {}) => openPage({ browser, pageFolder: built.folder }, options);

  beforeAll(async () => {
    built = await buildPage();
    browser = await launch(chromium!);
  }, TEST_MS);
  afterAll(async () => {
    await browser.close();
    await built[Symbol.asyncDispose]();
  });

  it(
    'lists what there is, live, under a title, and asks nobody else for anything',
    async () => {
      await using opened = await open();
      const { page, complaints, strays } = opened;
      await live(page);
      const row = rowOf(page, AP);
      await row.waitFor();
      expect(await row.getByRole('cell').first().textContent()).toBe('Disconnected');
      expect(await row.textContent()).toContain('nothing listens at api.ap-1.prod.example.net:6443');
      expect(await row.textContent()).toContain('What to do:');
      expect(await page.title()).toBe('(1) Connections · Mooring');
      expect(complaints).toEqual([]);
      expect(strays).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'shows what needs somebody first, until another order is asked for',
    async () => {
      await using opened = await open();
      const { page } = opened;
      await rowOf(page, AP).waitFor();
      const names = () =>
        page.getByRole('table', { name: 'Connections' }).getByRole('rowheader').getByRole('link').allTextContents();
      const [first, second, third] = await names();
      expect([first, second, third]).toEqual([AP, 'dev-anna', 'edge-lab']);
      await page.getByRole('button', { name: 'Name and server' }).click();
      await eventually(async () => expect((await names())[0]).toBe('ci-throwaway'));
      expect(await page.evaluate(() => location.hash)).toBe('#/connections?sort=name');
    },
    TEST_MS,
  );

  it.each(['light', 'dark'] as const)(
    'can be read in %s, on every view',
    async (colorScheme) => {
      await using opened = await open({ colorScheme });
      const { page } = opened;
      for (const hash of VIEWS) {
        await page.goto(`${opened.url}/${hash}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await live(page);
        expect({ hash, faint: await faintTexts(page) }).toEqual({ hash, faint: [] });
      }
      const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      expect(ground).toBe(colorScheme === 'light' ? 'rgb(246, 247, 248)' : 'rgb(15, 19, 22)');
    },
    TEST_MS,
  );

  it.each([360, 768, 1600])(
    'fits %i pixels, and names everything for screen readers',
    async (width) => {
      await using opened = await open({ viewport: { width, height: 800 } });
      const { page } = opened;
      for (const hash of VIEWS) {
        await page.goto(`${opened.url}/${hash}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await live(page);
        expect({ hash, px: await overflowPx(page), nameless: await namelessRoles(page) }).toEqual({
          hash,
          px: 0,
          nameless: [],
        });
      }
      await page.goto(`${opened.url}/#/connections`);
      await rowOf(page, AP).waitFor();
      expect(await page.getByRole('table', { name: 'Connections' }).getByRole('rowheader').count()).toBe(8);
    },
    TEST_MS,
  );

  it(
    'is worked with the keyboard alone: to an action, out of its menu, through the question',
    async () => {
      await using opened = await open();
      const { page, api } = opened;
      await rowOf(page, AP).waitFor();
      const press = async (key: string, times = 1): Promise<void> => {
        for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
      };
      for (let tabs = 0; tabs < 60 && (await focused(page)) !== `Actions for ${AP}`; tabs += 1) await press('Tab');
      expect(await focused(page)).toBe(`Actions for ${AP}`);
      expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');

      const menu = page.locator('details.menu[open]');
      await press('Enter');
      await menu.waitFor();
      expect(await menu.getByRole('button').allTextContents()).toEqual([
        'ReconnectLook for the cluster now and register it',
        'DisconnectStop watching until somebody reconnects',
        'Delete…Forget this connection and erase its credential',
      ]);
      await press('Escape');
      await menu.waitFor({ state: 'detached' });
      expect(await focused(page)).toBe(`Actions for ${AP}`);

      await press('Enter');
      await press('Tab', 3);
      await press('Enter');
      const dialog = page.getByRole('dialog', { name: `Delete “${AP}”?` });
      await dialog.waitFor();
      await press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await focused(page)).toBe(`Actions for ${AP}`);
      expect(api.asked.filter((asked) => asked.startsWith('POST'))).toEqual([]);

      await press('Enter');
      await press('Tab', 3);
      await press('Enter');
      await dialog.waitFor();
      await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
      await page
        .getByRole('status')
        .filter({ hasText: `Deleted “${AP}”` })
        .waitFor();
      expect(api.asked).toContain(`POST /api/connections/${idOf(3)}/delete`);
      await rowOf(page, AP).waitFor({ state: 'detached' });
      expect(api.asked).toContain(`GET /api/connections/${idOf(3)}?atLeastRevision=6`);
      expect(await focused(page)).toBe('Connections');
    },
    TEST_MS,
  );

  it(
    'shows why something was refused, and what is possible instead',
    async () => {
      await using opened = await open({
        prepare: (api) => {
          api.refusal = {
            status: 409,
            body: { title: 'Not possible in this state', detail: 'It is connected.', allowedActions: ['ignore'] },
          };
        },
      });
      const { page } = opened;
      await page.getByLabel(`Actions for ${AP}`).click();
      await page
        .locator('.menu[open]')
        .getByRole('button', { name: /^Reconnect/ })
        .click();
      const message = page.getByRole('status').filter({ hasText: 'Not possible in this state' });
      await message.waitFor();
      expect(await message.textContent()).toContain('It is connected.Possible now: ignore.');
    },
    TEST_MS,
  );

  it(
    'says what to do when it is not signed in',
    async () => {
      await using opened = await open({ prepare: (api) => (api.signedIn = false) });
      const { page } = opened;
      await page.getByRole('heading', { level: 1, name: 'Open the link again' }).waitFor();
      await eventually(async () => expect(await page.title()).toBe('Not signed in · Mooring'));
      expect(await page.getByRole('navigation').count()).toBe(0);
    },
    TEST_MS,
  );

  it(
    'says what to do when there is nothing yet',
    async () => {
      await using opened = await open({ prepare: (api) => (api.connections = []) });
      const { page } = opened;
      const empty = page.getByRole('region', { name: 'No clusters yet' });
      await empty.waitFor();
      expect(await empty.textContent()).toContain('npm start -- --demo');
      await empty.getByRole('button', { name: 'Choose a kubeconfig…' }).waitFor();
    },
    TEST_MS,
  );

  it(
    'moves nothing for who wants nothing to move',
    async () => {
      await using opened = await open({ reducedMotion: 'reduce' });
      const { page } = opened;
      await rowOf(page, AP).waitFor();
      const moving = await page.evaluate(
        () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
      );
      expect(moving).toBe(0);
    },
    TEST_MS,
  );
});
