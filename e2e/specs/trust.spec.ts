// The public pages of trust, as somebody reads them whom Kairo does not know.
import { expect, expectGoodLooks, openAs, test } from '../support/kairo.ts';

for (const [path, name] of [
  ['/security', 'security'], ['/security/2.1', 'claim'], ['/security/2.4', 'claim-in-progress'],
  ['/security/criteria', 'criteria'], ['/privacy', 'privacy'],
] as const) {
  test(`${path} is sound to the eye and to axe`, async ({ page }) => {
    await page.goto(path);
    await expectGoodLooks(page, name);
  });
}

test('a mark leads to its claim, and from there on and back', async ({ page }) => {
  await page.goto('/security');
  await expect(page.getByRole('heading', { level: 2, name: / of 97 claims verified now/ })).toBeVisible();
  await page.locator('a.mark[href="/security/2.1"]').click();
  await expect(page.getByRole('heading', { level: 1, name: /^Claim 2\.1, / })).toBeVisible();
  await expect(page.locator('[aria-current="true"]')).toHaveAttribute('href', '/security/2.1');
  await page.getByRole('navigation', { name: 'Claims' }).getByRole('link', { name: /^Next: 2\.2/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Claim 2\.2, / })).toBeVisible();
  await page.getByRole('link', { name: 'Close' }).click();
  await expect(page).toHaveURL(/\/security#s2$/);
});

test('the numbers behind the picture open as tables', async ({ page }) => {
  await page.goto('/security');
  await page.getByText('Show as a table').click();
  const table = page.getByRole('table', { name: 'Claims by section and state' });
  await expect(table.getByRole('row', { name: /^All/ })).toContainText('97');
  await expect(page.getByRole('table', { name: /how they can be known/ })).toBeVisible();
  await expectGoodLooks(page, 'security-tables');
});

test('the pages before sign-in lead to both texts', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Security' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();
  const policy = page.getByRole('main').getByRole('link', { name: 'Privacy policy' }).first();
  await policy.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Privacy policy' })).toBeVisible();
});

test('whoever is signed in keeps the way back', async ({ page, email }) => {
  await openAs(page, email);
  await page.getByRole('contentinfo').getByRole('link', { name: 'Security' }).click();
  await expectGoodLooks(page, 'security-signed-in');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Agenda' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
});

test('paper has the whole text and no navigation', async ({ page }) => {
  await page.goto('/security');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('contentinfo')).toBeHidden();
  await expect(page.getByText('TLS 1.2 or higher for every connection to Kairo')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Claims by section and state' })).toBeVisible();
});
