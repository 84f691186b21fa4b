// What every test gets: a page that fails the test on any complaint of the browser, and the words
// of the newcomer's path.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { type Way, openWay } from './address.ts';
import { enter, sessionOf } from './door.ts';
import { mailCount, newMail } from './outbox.ts';

type Axe = typeof import('axe-core');
type RunOptions = import('axe-core').RunOptions;
// Put in by the debugger's protocol, which no policy of the page stops. Axe's own package opens a
// second page and copies results through it, which Trusted Types refuse.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Complaints of the browser that a test expects, such as a 422 that it asked for. */
export interface Complaints {
  expect(pattern: RegExp): void;
}

interface Fixtures {
  complaints: Complaints;
  email: string;
  another(): Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // Settings of the config are read before Kairo has a port.
  baseURL: async ({}, use) => use(process.env.KAIRO_E2E_ORIGIN),

  // Each test comes from an address of its own.
  proxy: async ({}, use) => {
    const way = await openWay();
    await use(through(way));
    await way.close();
  },

  complaints: [
    async ({ context }, use) => {
      const heard: string[] = [];
      const expected: RegExp[] = [];
      await listen(context, heard);
      await use({ expect: (pattern) => expected.push(pattern) });
      const open = heard.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(open, 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],

  // An address of each test's own, so that no test meets the items of another.
  email: async ({}, use, info) => {
    await use(`ana.${info.testId}-${info.repeatEachIndex}@example.com`);
  },

  // A browser that shares nothing with the first. What it complains of is not listened to: it is
  // where others sit.
  another: async ({ browser, contextOptions, viewport }, use) => {
    const opened: Array<Way | BrowserContext> = [];
    await use(async () => {
      const way = await openWay();
      const context = await browser.newContext({
        ...contextOptions, proxy: through(way), viewport,
        baseURL: process.env.KAIRO_E2E_ORIGIN, ignoreHTTPSErrors: true,
      });
      opened.push(context, way);
      return context.newPage();
    });
    for (const one of opened) await one.close();
  },
});

// Chromium would go to its own machine without any proxy.
const through = ({ server }: Way) => ({ server, bypass: '<-loopback>' });

async function listen(context: BrowserContext, heard: string[]): Promise<void> {
  context.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') heard.push(line.text());
  });
  context.on('weberror', (fault) => heard.push(`page error: ${fault.error().message}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
}

export { expect };

/** Asks for a mail and answers it when it is there; the page then shows the field for the code. */
export async function askForMail(page: Page, email: string, door = '/sign-in') {
  const before = mailCount(email);
  await page.goto(door);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send me a link and a code' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Check your mail' })).toBeVisible();
  return newMail(email, before);
}

/** Signs in by the typed code, as a person does; it works with and without JavaScript. */
export async function signIn(page: Page, email: string, door?: string): Promise<void> {
  const mail = await askForMail(page, email, door);
  await page.getByLabel('Code').fill(mail.code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
}

/** Opens the agenda of somebody who signed in before; for tests that are about something else. */
export async function openAs(page: Page, email: string): Promise<void> {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36';
  await enter(page.context(), await sessionOf(email, userAgent));
  await page.goto('/');
  await expect(page.getByLabel('Type a thought')).toBeVisible();
}

/** Types a thought and presses Enter. The page that follows is there when this returns. */
export async function capture(page: Page, text: string): Promise<void> {
  const line = page.getByLabel('Type a thought');
  await line.fill(text);
  await after(page, () => line.press('Enter'));
  await expect(line).toHaveValue('');
}

/** Keeps thoughts that a test needs and is not about, without a page for each. */
export async function keep(page: Page, texts: string[]): Promise<void> {
  for (const text of texts) {
    const headers = { origin: process.env.KAIRO_E2E_ORIGIN ?? '' };
    const answer = await page.request.post('/captures', { form: { text }, headers, maxRedirects: 0 });
    expect(answer.status(), text).toBe(303);
  }
}

/** Does what leads to another page, and waits for that page. */
export async function after(page: Page, act: () => Promise<void>): Promise<void> {
  const loaded = page.waitForEvent('load');
  await act();
  await loaded;
}

/** The row of an item in a list. */
export function row(page: Page, title: string | RegExp) {
  const link = page.getByRole('link', { name: title, exact: typeof title === 'string' });
  return page.getByRole('main').getByRole('listitem').filter({ has: link });
}

/** A day from now where the tests live: `{ weekday: 'Wed', day: '25', month: 'Nov' }`. */
export function dayFromNow(days: number, timeZone = 'America/New_York') {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone, weekday: 'short', day: 'numeric', month: 'short',
  }).formatToParts(Date.now() + days * 86_400_000);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? '';
  return { weekday: part('weekday'), day: part('day'), month: part('month').slice(0, 3) };
}

/** A section of a list by its heading, such as "Tomorrow". */
export function section(page: Page, heading: string | RegExp) {
  return page.getByRole('region', { name: heading });
}

/**
 * No fault that axe knows, at WCAG 2.2 AA, and nothing over the edge, in both themes. It needs
 * JavaScript, so it audits the other runs' pages. With `KAIRO_E2E_PICTURES`, a folder, it leaves
 * a picture of each page there.
 */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  const pictures = process.env.KAIRO_E2E_PICTURES;
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // What depends on the theme is contrast alone.
    expect(await faults(page, colorScheme === 'dark'), `${colorScheme}, ${page.url()}`).toEqual([]);
    await expectNoOverflow(page);
    if (pictures === undefined) continue;
    const path = join(pictures, `${name}-${test.info().project.name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
}

async function faults(page: Page, onlyContrast: boolean): Promise<string[]> {
  return page.evaluate(async (onlyContrast) => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const runOnly: RunOptions['runOnly'] = onlyContrast
      ? { type: 'rule', values: ['color-contrast'] }
      : { type: 'tag', values: tags };
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
    return violations.flatMap((fault) =>
      fault.nodes.map((node) => `${fault.id}: ${fault.help}: ${node.target.join(' ')}`),
    );
  }, onlyContrast);
}

/** Nothing hangs over the edge: a page that scrolls sideways hides what it says. */
async function expectNoOverflow(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  expect(over, `pixels beyond the edge of ${page.url()}`).toBeLessThanOrEqual(0);
}
