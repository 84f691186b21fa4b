// The newcomer's path without a single script: plain forms, the typed code instead of the link.
import { askForMail, capture, expect, row, section, signIn, test } from '../support/kairo.ts';

test('sign-in, capture, done, change, delete and sign-out need no script', async (
  { page, email },
) => {
  await signIn(page, email);
  await capture(page, 'lunch with Sam tomorrow 1pm');
  await expect(section(page, /^Tomorrow/).getByRole('listitem')).toContainText('1:00 pm');

  await capture(page, 'pay rent tomorrow');
  await page.getByRole('button', { name: 'Mark done: pay rent' }).click();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Mark done: pay rent' })).toBeVisible();

  await row(page, 'pay rent').getByRole('link').click();
  await page.getByLabel('When').fill('tomorrow 5pm');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByLabel('When')).toHaveAccessibleDescription(/5:00 pm/);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'pay rent')).toHaveCount(1);

  await page.goto('/settings/account');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
});

test('one of a series is chosen, changed and skipped without a script', async ({ page, email }) => {
  await signIn(page, email);
  await capture(page, 'standup every day at 11:45pm');
  await section(page, /^Tomorrow/).getByRole('link', { name: 'standup' }).click();
  await page.getByLabel('Title').fill('late standup');
  await page.getByRole('radio', { name: 'This and following' }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(row(page, 'late standup')).toHaveCount(13);
  await page.goto('/');
  await section(page, /^Tomorrow/).getByRole('link', { name: 'late standup' }).click();
  await page.getByRole('button', { name: 'Skip' }).click();
  await expect(row(page, 'late standup')).toHaveCount(12);
});

test('the mailed link leads to a field for the code', async ({ page, email }) => {
  const mail = await askForMail(page, email);
  await page.goto(mail.link);
  await page.getByLabel('Code').fill(mail.code);
  await page.getByRole('button', { name: 'Sign in with the code' }).click();
  await capture(page, 'buy milk');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(row(page, 'buy milk')).toHaveCount(1);
});

test('the public pages are whole without a script', async ({ page }) => {
  await page.goto('/security');
  await page.getByText('Show as a table').click();
  await expect(page.getByRole('table', { name: 'Claims by section and state' })).toBeVisible();
  await page.locator('a.mark[href="/security/2.1"]').click();
  await expect(page.getByRole('heading', { level: 1, name: /^Claim 2\.1, / })).toBeVisible();
  await page.goto('/security/criteria');
  await expect(page.getByRole('heading', { level: 3, name: 'CC6.1' })).toBeVisible();
  await page.goto('/privacy');
  await expect(page.getByRole('heading', { name: 'If there is a breach' })).toBeVisible();
});
