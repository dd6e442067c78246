/// <reference lib="dom" />
import { CHROMIUM_ARGUMENTS, findChromium } from '@mooring/testing';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startSystem, type System } from './system.ts';

const executablePath = findChromium();
const inChromium = executablePath === undefined ? describe.skip : describe;
const named = (what: string): string =>
  executablePath === undefined ? `${what} (skipped: there is no Chromium)` : what;

inChromium(named('the page, in a real browser, on the real system'), () => {
  let system: System;
  let cluster: SimulatedCluster;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'harbour', nodes: 1, pods: 5 });
    system = await startSystem({
      env: { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '1s' },
    });
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_ARGUMENTS, headless: true });
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  const chip = (state: string) =>
    page.getByRole('row').filter({ hasText: 'harbour' }).getByRole('cell', { name: state, exact: true });

  it('opens by the printed link, and the token does not stay in the address', async () => {
    await page.goto(`${system.url}/?token=${system.token}`);
    await page.getByRole('status', { name: 'Event stream: Live' }).waitFor();
    expect(page.url()).not.toContain(system.token);
    await page.getByText('npm start -- --demo').first().waitFor();
  });

  it('takes a kubeconfig, and shows the cluster become connected without being asked again', async () => {
    await page.goto(`${system.url}/#/import`);
    await page.getByLabel('Or paste its text').fill(cluster.kubeconfig);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const outcomes = page.getByRole('table', { name: 'Contexts and their outcomes' });
    await outcomes.getByRole('row').filter({ hasText: 'harbour' }).filter({ hasText: 'Registered' }).waitFor();
    await page.goto(`${system.url}/#/connections`);
    await chip('Connected').waitFor();
  });

  it('follows the cluster away and back, and counts what needs a person', async () => {
    await cluster.stop();
    await chip('Disconnected').waitFor();
    await page.getByRole('link', { name: 'Notifications 1 open' }).waitFor();
    await cluster.start();
    await chip('Connected').waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  });

  it('does what a person asks for, and shows the history of it', async () => {
    await page.getByLabel('Actions for harbour').press('Enter');
    await page
      .locator('details.menu[open]')
      .getByRole('button', { name: /^Ignore/ })
      .press('Enter');
    await chip('Ignored').waitFor();
    await page.getByRole('link', { name: 'harbour', exact: true }).first().click();
    await page.getByRole('heading', { level: 1, name: 'harbour' }).waitFor();
    await page.getByText('Connection ignored').first().waitFor();
  });

  it('says so when the event stream is lost, and goes on when it is back', async () => {
    process.kill(system.pidOf('gateway'), 'SIGKILL');
    await page.getByRole('status', { name: /Event stream: (Reconnecting|Lost)/ }).waitFor();
    await page.getByRole('status', { name: 'Event stream: Live' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
