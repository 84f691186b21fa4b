// Leaving one device, and all of them.
import { enter, sessionOf } from '../support/door.ts';
import { capture, expect, openAs, signIn, test } from '../support/kairo.ts';

test('signing out ends this browser', async ({ page, email }) => {
  await openAs(page, email);
  await capture(page, 'buy milk');
  await page.getByRole('link', { name: /settings$/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await page.goBack();
  await expect(page.getByText(email)).toHaveCount(0);
  await page.goto('/inbox');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText('buy milk')).toHaveCount(0);
});

test('signing out everywhere ends every browser', async ({ page, email, another }) => {
  const phone = await another();
  const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 '
    + '(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
  await enter(phone.context(), await sessionOf(email, iPhone));
  await phone.goto('/');
  await expect(phone.getByLabel('Type a thought')).toBeVisible();

  await signIn(page, email);
  await page.goto('/settings/account');
  const devices = page.getByRole('region', { name: 'Where you are signed in' });
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await expect(devices).toContainText('Safari on iPhone');
  await expect(devices.getByText('This device', { exact: true })).toHaveCount(1);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByText('Every device is signed out')).toBeVisible();
  for (const one of [page, phone]) {
    await one.goto('/');
    await expect(one).toHaveURL(/\/sign-in/);
  }
});
