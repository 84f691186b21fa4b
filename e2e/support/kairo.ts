// What every test gets: a page that fails the test on any complaint of the browser, and the words of
// the newcomer's path.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { mailCount, newMail } from './outbox.ts';

/** Complaints of the browser that a test expects, such as a 422 that it asked for. */
export interface Complaints {
  expect(pattern: RegExp): void;
}

export const test = base.extend<{ complaints: Complaints; email: string }>({
  // Settings of the config are read before Kairo has a port.
  baseURL: async ({}, use) => use(process.env.KAIRO_E2E_ORIGIN),

  complaints: [
    async ({ context }, use) => {
      const heard: string[] = [];
      const expected: RegExp[] = [];
      context.on('console', (line) => {
        if (line.type() === 'error' || line.type() === 'warning') heard.push(line.text());
      });
      context.on('weberror', (fault) => heard.push(`page error: ${fault.error().message}`));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use({ expect: (pattern) => expected.push(pattern) });
      const open = heard.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(open, 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],

  // An address of each test's own, so that no test meets the items of another.
  email: async ({}, use, info) => {
    await use(`ana-${info.testId}-${info.repeatEachIndex}@example.com`);
  },
});

export { expect };

/** Asks for a mail and answers it when it is there; the page then shows the field for the code. */
export async function askForMail(page: Page, email: string) {
  const before = mailCount(email);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send me a link and a code' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Check your mail' })).toBeVisible();
  return newMail(email, before);
}

/** Signs in by the typed code, which works with and without JavaScript. */
export async function signIn(page: Page, email: string): Promise<void> {
  const mail = await askForMail(page, email);
  await page.getByLabel('Code').fill(mail.code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
}

/** Types a thought and presses Enter. */
export async function capture(page: Page, text: string): Promise<void> {
  const line = page.getByLabel('Type a thought');
  await line.fill(text);
  await line.press('Enter');
  await expect(line).toHaveValue('');
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
