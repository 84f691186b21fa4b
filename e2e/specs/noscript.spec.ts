// The newcomer's path without a single script: plain forms, the typed code instead of the link.
import { capture, expect, section, signIn, test } from '../support/kairo.ts';

test('sign-in, capture, done, delete and sign-out need no script', async ({ page, email }) => {
  await signIn(page, email);
  await capture(page, 'lunch with Sam tomorrow 1pm');
  const row = section(page, /^Tomorrow/).getByRole('listitem').filter({ hasText: /lunch with Sam/i });
  await expect(row).toContainText('1:00 pm');

  await capture(page, 'pay rent tomorrow');
  await page.getByRole('button', { name: /^Mark done: pay rent$/i }).click();
  await page.goto('/done');
  await page.getByRole('button', { name: /^Mark not done: pay rent$/i }).click();
  await page.goto('/');

  await page.getByRole('link', { name: /^pay rent$/i }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: /^pay rent$/i })).toHaveCount(1);

  await page.goto('/settings/account');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
});

test('a word without a day waits in the inbox', async ({ page, email }) => {
  await signIn(page, email);
  await capture(page, 'buy milk');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.getByRole('link', { name: /^buy milk$/i })).toBeVisible();
});
