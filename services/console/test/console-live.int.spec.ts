/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { eventually } from '@mooring/testing';
import type { Browser } from 'playwright-core';
import { findChromium } from '@mooring/testing';
import { buildPage, launch, openPage, type OpenOptions } from './open-page.ts';
import { focused, live, rowOf } from './page-parts.ts';
import { idOf } from './recorded-answers.ts';
import { recordedEvent, recordedImport } from './recorded-notices.ts';

const chromium = findChromium();
const named = (what: string): string => (chromium === undefined ? `${what} (skipped: there is no Chromium)` : what);
const inChromium = chromium === undefined ? describe.skip : describe;

const AP = 'prod-ap-1';
const TEST_MS = 60_000;

inChromium(named('the page follows what happens'), () => {
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
    'reads just the row again that an event is about, at the revision of the event',
    async () => {
      await using opened = await open();
      const { page, api } = opened;
      await live(page);
      await rowOf(page, 'edge-lab').filter({ hasText: 'Discovered' }).waitFor();
      const lists = () => api.asked.filter((asked) => asked.startsWith('GET /api/connections?')).length;
      // Once for the page, and once because the stream began: what lies between the two must not be missed.
      await eventually(() => lists() === 2);
      api.connections = api.connections.map((row) =>
        row.name === 'edge-lab' ? { ...row, state: 'ignored', revision: '9' } : row,
      );
      const connection = api.connections.find(({ name }) => name === 'edge-lab')!;
      api.push(
        recordedEvent({
          number: 100,
          at: new Date().toISOString(),
          connection,
          verb: 'ignored',
          severity: ['informational', 6],
          message: 'edge-lab is ignored.',
        }),
      );
      await rowOf(page, 'edge-lab').getByRole('cell', { name: 'Ignored', exact: true }).waitFor();
      expect(api.asked).toContain(`GET /api/connections/${connection.id}?atLeastRevision=9`);
      expect(lists()).toBe(2);

      api.connections = api.connections.filter(({ name }) => name !== 'staging');
      api.reset();
      await rowOf(page, 'staging').waitFor({ state: 'detached' });
    },
    TEST_MS,
  );

  it(
    'drops a connection that gave way to another for the same cluster, and leads to that one',
    async () => {
      await using opened = await open();
      const { page, api } = opened;
      await live(page);
      await rowOf(page, 'edge-lab').waitFor();
      api.connections = api.connections.map((row) =>
        row.name === 'edge-lab' ? { ...row, state: 'deleted', revision: '9', supersededBy: idOf(1) } : row,
      );
      const connection = api.connections.find(({ name }) => name === 'edge-lab')!;
      const at = new Date().toISOString();
      const severity = ['informational', 6] as const;
      api.push(recordedEvent({ number: 100, at, connection, verb: 'deleted', severity, message: 'Superseded.' }));
      await rowOf(page, 'edge-lab').waitFor({ state: 'detached' });
      await page.goto(`${opened.url}/#/connections/${connection.id}`);
      await page.getByRole('heading', { level: 1, name: 'prod-eu-1' }).waitFor();
      expect(page.url()).toContain(idOf(1));
    },
    TEST_MS,
  );

  it(
    'says that the stream is lost, and reads everything again when it is back',
    async () => {
      await using opened = await open();
      const { page, api } = opened;
      await live(page);
      await rowOf(page, 'staging').waitFor();
      api.streaming = false;
      api.breakStreams();
      await page.getByRole('alert').filter({ hasText: 'What you see may be out of date' }).waitFor();
      await page.getByRole('status', { name: /Event stream: (Reconnecting|Lost)/ }).waitFor();
      api.connections = api.connections.filter(({ name }) => name !== 'staging');
      api.streaming = true;
      // It may be back by itself before the button is found; then there is none any more.
      const tried = page
        .getByRole('button', { name: 'Try now' })
        .click()
        .catch(() => undefined);
      await Promise.race([tried, live(page)]);
      await live(page);
      await rowOf(page, 'staging').waitFor({ state: 'detached' });
      expect(await page.getByRole('alert').count()).toBe(0);
    },
    TEST_MS,
  );

  it(
    'takes a kubeconfig that is dropped anywhere, and tells the outcome of each context as it comes',
    async () => {
      await using opened = await open({ hash: '#/events' });
      const { page, api } = opened;
      await live(page);
      const transfer = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(['apiVersion: v1\nkind: Config\n'], 'config'));
        return data;
      });
      await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
      await page.getByText('Drop the kubeconfig to import it').waitFor();
      await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });

      const outcomes = page.getByRole('table', { name: 'Contexts and their outcomes' });
      await outcomes.getByRole('row').filter({ hasText: 'legacy-exec' }).filter({ hasText: 'Refused' }).waitFor();
      await outcomes.getByRole('row').filter({ hasText: 'prod-eu-1-admin' }).filter({ hasText: 'Looking…' }).waitFor();
      expect(api.bodies).toEqual(['apiVersion: v1\nkind: Config\n']);
      expect(await outcomes.textContent()).toContain('What to do:');
      api.imports = [recordedImport(Date.now(), 'completed')];
      await outcomes.getByRole('row').filter({ hasText: 'Already known' }).waitFor();
    },
    TEST_MS,
  );

  it(
    'takes a kubeconfig that is pasted, and does not keep its text',
    async () => {
      await using opened = await open({ hash: '#/import' });
      const { page, api } = opened;
      const text = page.getByLabel('Or paste its text');
      await text.fill('apiVersion: v1');
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByRole('table', { name: 'Contexts and their outcomes' }).waitFor();
      expect(await text.inputValue()).toBe('');
      expect(api.bodies).toEqual(['apiVersion: v1']);
    },
    TEST_MS,
  );

  it(
    'shows a history, and what was so at any moment of it',
    async () => {
      await using opened = await open({ hash: '#/connections' });
      const { page, api } = opened;
      await rowOf(page, AP).getByText('https://api.ap-1').click();
      await page.getByRole('heading', { level: 1, name: AP }).waitFor();
      await eventually(async () => expect(await page.title()).toBe(`(1) ${AP} · Mooring`));
      const slider = page.getByRole('slider', { name: 'State as of' });
      await slider.waitFor();
      expect(await slider.getAttribute('aria-valuetext')).toBe('Now');
      await slider.press('ArrowLeft');
      await page.getByText('As it was at revision 4').waitFor();
      await page.getByText('now: Disconnected').waitFor();
      expect(api.asked).toContain(`GET /api/connections/${idOf(3)}/state?revision=4`);
      await page.getByRole('link', { name: `${AP} entered` }).click();
      await page.getByText('As it was at revision 1').waitFor();
      await page.getByRole('link', { name: 'Back to now' }).click();
      await page.getByText('As it was at revision').waitFor({ state: 'detached' });
      await page.getByRole('combobox', { name: 'Kind' }).selectOption('services');
      await eventually(() => expect(api.asked.filter((asked) => asked.includes('type=services'))).not.toEqual([]));
      await page.getByRole('table', { name: 'Kinds of resources and how they are watched' }).waitFor();
    },
    TEST_MS,
  );

  it(
    'shows how far the knowledge of a cluster goes: its tiers, and of many kinds those first that are not well',
    async () => {
      await using opened = await open({ hash: `#/connections/${idOf(3)}` });
      const { page } = opened;
      const tiers = page.getByRole('list', { name: 'What is known of the cluster' }).getByRole('listitem');
      await tiers.first().waitFor();
      expect((await tiers.allTextContents()).map((text) => text.includes('not yet'))).toEqual([false, false, true]);
      expect((await tiers.allTextContents()).map((text) => /\d+ kinds? cannot be read/.exec(text)?.[0])).toEqual([
        ...[undefined, '1 kind cannot be read', '2 kinds cannot be read'],
      ]);
      expect(await tiers.nth(1).locator('.tone-care').count()).toBe(1);
      await page.getByText('Nothing newer is known than').waitFor();
      await page.getByText('v1.33.6 · eks · aws · ap-southeast-1').waitFor();
      await page.getByText('Zones: ap-southeast-1a, ap-southeast-1b').waitFor();
      await page.getByText('5 API groups').click();
      await page.getByText('apps, batch, gateway.networking.k8s.io').waitFor();
      const kinds = page.getByRole('table', { name: 'Kinds of resources and how they are watched' });
      const names = (): Promise<string[]> => kinds.locator('tbody').getByRole('rowheader').allTextContents();
      expect((await names()).slice(0, 3)).toEqual(['Gatewaynetworking.istio.io', 'Node', 'Service']);
      expect(await kinds.locator('tbody').getByRole('row').first().textContent()).toContain('The answer broke off.');
      expect(await kinds.locator('tbody').getByRole('row').nth(1).textContent()).toContain(
        'Its objects are shown as they were known 3 h ago, so long ago that they are counted nowhere.',
      );
      const service = page.getByRole('table', { name: 'Resources of the cluster' }).getByRole('row').nth(2);
      expect(await service.textContent()).toContain('as it was known 3 h ago');
      expect(await names()).toHaveLength(67);
      await page
        .getByRole('group', { name: 'Filter kinds by state' })
        .getByRole('button', { name: /^Incomplete/ })
        .click();
      await eventually(async () => expect(await names()).toEqual(['Service']));
      await page.getByRole('group', { name: 'Filter kinds by state' }).getByRole('button', { name: /^All/ }).click();
      await page.getByRole('searchbox', { name: 'Search kinds' }).fill('gateway');
      await eventually(async () => expect(await names()).toHaveLength(2));
    },
    TEST_MS,
  );

  it(
    'shows what happens as it happens, filtered, and holds still when told to',
    async () => {
      await using opened = await open({ hash: '#/events' });
      const { page, api } = opened;
      await live(page);
      const items = page.getByRole('list', { name: 'Events, newest first' }).getByRole('listitem');
      await eventually(async () => expect(await items.count()).toBe(7));
      await page.getByRole('combobox', { name: 'Severity' }).selectOption('3');
      await eventually(async () => expect(await items.count()).toBe(2));
      await page.getByRole('searchbox', { name: 'Search events' }).fill('ap-1');
      await eventually(async () => expect(await items.count()).toBe(1));
      expect(page.url()).toContain('#/events?severity=3&q=ap-1');

      await page.getByRole('button', { name: 'Pause' }).click();
      const connection = api.connections.find(({ name }) => name === AP)!;
      api.push(
        recordedEvent({
          number: 101,
          at: new Date().toISOString(),
          connection,
          verb: 'disconnected',
          severity: ['error', 3],
          message: 'Again.',
        }),
      );
      await page.getByText('Paused, 1 new event waiting').waitFor();
      expect(await items.count()).toBe(1);
      await page.getByRole('button', { name: 'Resume' }).click();
      await eventually(async () => expect(await items.count()).toBe(2));
      await items.first().getByRole('link', { name: AP }).click();
      await page.getByRole('heading', { level: 1, name: AP }).waitFor();
      await eventually(async () => expect(await focused(page)).toBe(AP));
    },
    TEST_MS,
  );

  it(
    'lists what needs somebody until they have seen it',
    async () => {
      await using opened = await open({ hash: '#/notifications' });
      const { page, api } = opened;
      await page.getByRole('link', { name: 'Notifications 1 open' }).waitFor();
      await page.getByRole('button', { name: `Acknowledge: ${AP} is disconnected` }).click();
      await page.getByText('Nothing needs you.').waitFor();
      await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
      expect(api.asked).toContain(`POST /api/notifications/${idOf(3001)}/acknowledge`);
      await eventually(async () => expect(await page.title()).toBe('Notifications · Mooring'));
    },
    TEST_MS,
  );
});
