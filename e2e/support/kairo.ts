// What every test gets: a page that fails the test on any complaint of the browser, and the words of
// the newcomer's path.
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { enter, sessionOf } from './door.ts';
import { mailCount, newMail } from './outbox.ts';

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

  // A browser that shares nothing with the first; it complains to nobody, for it is where others sit.
  another: async ({ browser, contextOptions, viewport }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({
        ...contextOptions, viewport, ignoreHTTPSErrors: true, baseURL: process.env.KAIRO_E2E_ORIGIN,
      });
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

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
  const heading = page.getByRole('heading', { level: 1, name: 'Check your mail' });
  // Whoever got a mail within the last minute asks again, as a person would.
  await expect(async () => {
    await page.goto(door);
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send me a link and a code' }).click();
    await expect(heading).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  }).toPass({ intervals: [5_000], timeout: 70_000 });
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

/** No fault that axe knows, at WCAG 2.2 AA. It needs JavaScript, so it audits the other runs' pages. */
export async function expectAccessible(page: Page): Promise<void> {
  // The usual mode opens a second page and copies results through it, which Trusted Types refuse.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.withTags(tags).analyze();
  const faults = violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${fault.help}: ${node.target.join(' ')}`),
  );
  expect(faults, `accessibility of ${page.url()}`).toEqual([]);
}

/** Pictures in both themes, kept with the test's results, and the audit in each. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const path = test.info().outputPath(`${name}-${test.info().project.name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
    await expectAccessible(page);
    await expectNoOverflow(page);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Nothing hangs over the edge: a page that scrolls sideways hides what it says. */
async function expectNoOverflow(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  expect(over, `pixels beyond the edge of ${page.url()}`).toBeLessThanOrEqual(0);
}
