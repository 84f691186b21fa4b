// Credits as a person sees them: the meter beside the agenda, and the page behind it. A Kairo of this
// file's own has a provider, and a plan that is used up within a few thoughts.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Page } from '@playwright/test';
import {
  capture, expect, expectGoodLooks, keep, openAs, section, signIn, test,
} from '../support/kairo.ts';
import { type Provider, provide } from '../support/provider.ts';
import { type Server, start } from '../support/server.ts';

const hourMs = 3_600_000;
const testMs = 30_000;
const zone = 'America/New_York';
const now = { timeout: 100 };
const shared = { ...process.env };
let provider: Provider;
let server: Server;

test.beforeAll(async () => {
  test.setTimeout(3 * testMs);
  provider = await provide();
  server = await start({
    KAIRO_AI_BASE_URL: provider.url, KAIRO_AI_MODEL: 'large', KAIRO_AI_SMALL_MODEL: 'little',
    KAIRO_PLANS_FREE_MODEL: 'normal', KAIRO_PLANS_FREE_BURST: '2', KAIRO_PLANS_FREE_HOUR: '4',
    KAIRO_PLANS_FREE_MONTH: '9', KAIRO_PLANS_FREE_AT_ONCE: '4',
  });
  process.env.KAIRO_E2E_ORIGIN = server.origin;
  process.env.KAIRO_E2E_DATA_DIR = server.dataDir;
});

test.afterAll(async () => {
  process.env.KAIRO_E2E_ORIGIN = shared.KAIRO_E2E_ORIGIN;
  process.env.KAIRO_E2E_DATA_DIR = shared.KAIRO_E2E_DATA_DIR;
  await server.stop();
  await provider.close();
});

test.beforeEach(async () => {
  provider.asked.length = 0;
  // An hour that ends in the middle of a test begins the count anew.
  const left = hourMs - (Date.now() % hourMs);
  if (left > testMs) return;
  test.setTimeout(2 * testMs + left);
  await sleep(left);
});

/** A thought that the reader is not sure of. */
const doubtful = (what: string) => `${what} w/ Dana the morrow half past nine-ish`;

/** The models that were asked about such thoughts. */
function asked(): string[] {
  const ours = provider.asked.filter(({ capture }) => capture.includes(doubtful('')));
  return ours.map(({ model }) => model);
}

const meter = (page: Page) => page.getByRole('link', { name: /^Usage:/ });

/** When the hour ends, as clocks of a zone show it. */
function hourEnd(timeZone: string): string {
  const end = Math.ceil(Date.now() / hourMs) * hourMs;
  const clock = { timeZone, hour: 'numeric', minute: '2-digit' } as const;
  const said = new Intl.DateTimeFormat('en-US', clock).format(end);
  return said.toLowerCase().replace(/\s/, ' ');
}

/** The day of a date, UTC, as quotas count: `1 December`, with the year where it is another. */
function monthEnd(): string {
  const now = new Date();
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long' }).format(end);
  return `1 ${month}`;
}

/** Keeps thoughts, and shows the agenda once a model has read all of them. */
async function refined(page: Page, ...whats: string[]): Promise<void> {
  await keep(page, whats.map(doubtful));
  await expect(async () => {
    await page.goto('/');
    await expect(section(page, /^Tomorrow/).getByText('9:45 am')).toHaveCount(whats.length, now);
  }).toPass();
}

async function expectUsage(page: Page, zone: string): Promise<void> {
  const gauges = page.getByRole('region', { name: 'Now' });
  await expect(gauges).toContainText('3 of 4');
  await expect(gauges).toContainText(`Small model until ${hourEnd(zone)}.`);
  await expect(gauges).toContainText('After 2 calls in an hour Kairo goes on with the small model.');
  await expect(gauges).toContainText('3 of 9');
  await expect(gauges).toContainText(`Starts again on ${monthEnd()}`);
  await expect(gauges).toContainText('00:00 UTC');
  const dial = gauges.getByRole('img', { name: '3 of 4 used; the small model is used after 2' });
  await expect(dial).toBeVisible();
  await expect(page.getByRole('img', { name: /^Calls a day .* The table below/ })).toBeVisible();
  const table = page.getByRole('table', { name: /^Calls to a model a day/ });
  await expect(table).toBeHidden();
  await page.getByText('Show as a table').click();
  await expect(table.getByRole('row')).toHaveCount(31);
  await expect(table.getByRole('row').nth(1).getByRole('cell')).toHaveText(['3', '2', '1']);
  const sources = page.getByRole('table', { name: /by source/ });
  const refined = sources.getByRole('row', { name: /^Thoughts refined by a model/ });
  await expect(refined.getByRole('cell')).toHaveText(['3', '3']);
}

test('calls move the meter, the small model takes over, and the page says until when', async (
  { page, email },
) => {
  await openAs(page, email);
  await expect(meter(page)).toContainText(/0 of 4 this hour.*0 of 9 this month/s);
  await page.goto('/settings/usage');
  await expect(page.getByText('No model was asked.')).toBeVisible();
  await page.goto('/');
  await capture(page, 'lunch with Sam tomorrow 1pm');
  await expect(meter(page)).toContainText('0 of 4 this hour');
  await capture(page, doubtful('coffee'));
  // The page shows by itself what came of it.
  await expect(section(page, /^Tomorrow/)).toContainText('9:45 am');
  await expect(meter(page)).toContainText(/1 of 4 this hour.*1 of 9 this month/s);
  await capture(page, doubtful('tea'));
  await expect(meter(page)).toContainText('2 of 4 this hour');
  await expect(meter(page)).not.toContainText('Small model');
  await capture(page, doubtful('cake'));
  await expect(meter(page)).toContainText(`Small model until ${hourEnd(zone)}`);
  await expect(section(page, /^Tomorrow/).getByText('9:45 am')).toHaveCount(3);
  expect(asked()).toEqual(['large', 'large', 'little']);
  await expectGoodLooks(page, 'agenda-metered');
  await meter(page).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  await expectUsage(page, zone);
  await expectGoodLooks(page, 'usage-metered');
});

test('a quota that is used up keeps the thought and says so', async ({ page, email }) => {
  await openAs(page, email);
  await refined(page, 'coffee', 'tea', 'cake', 'soup');
  await capture(page, doubtful('bread'));
  await page.goto('/');
  await expect(meter(page)).toContainText('4 of 4 this hour');
  const left = `hour’s credits are used up. Thoughts are still kept and read without a model until`;
  await expect(page.getByRole('main')).toContainText(`${left} ${hourEnd(zone)}.`);
  await expectGoodLooks(page, 'agenda-used-up');
  await page.goto('/settings/usage');
  await expect(page.getByRole('region', { name: 'Now' })).toContainText(`Used up until ${hourEnd(zone)}.`);
  expect(asked()).toHaveLength(4);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('meter, page and table fit', async ({ page, email }) => {
    await openAs(page, email);
    await refined(page, 'coffee', 'tea', 'cake');
    await expectGoodLooks(page, 'agenda-metered-phone');
    await meter(page).tap();
    await expectUsage(page, zone);
    await expectGoodLooks(page, 'usage-metered-phone');
  });
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('meter, page and table are whole', async ({ page, email }) => {
    await signIn(page, email);
    await refined(page, 'coffee', 'tea', 'cake');
    await expect(meter(page)).toContainText(/3 of 4 this hour.*3 of 9 this month/s);
    await meter(page).click();
    // Nobody has asked the browser where it is.
    await expectUsage(page, 'UTC');
    await page.getByRole('button', { name: 'Forget kept answers' }).click();
    await expect(page.getByRole('status')).toBeVisible();
  });
});
