// From an e-mail address to the agenda, and out again.
import {
  askForMail, expect, expectGoodLooks, signIn, test,
} from '../support/kairo.ts';

test('a newcomer finds the mail in the outbox and follows its link', async ({ page, email }) => {
  const mail = await askForMail(page, email);
  await page.getByRole('link', { name: 'open the outbox' }).click();
  const letter = page.getByRole('listitem').filter({ hasText: email });
  await expect(letter).toContainText(mail.code);
  await letter.getByRole('link', { name: 'Open the link' }).click();
  // The page that the link opens does nothing by itself: scanners of mail open links too.
  await page.locator('#link').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeFocused();
  await expect(page.getByRole('heading', { name: 'Try one of these' })).toBeVisible();
});

test('a wrong code is told in place, and the right one still works', async (
  { page, email, complaints },
) => {
  const mail = await askForMail(page, email);
  complaints.expect(/status of 4\d\d/);
  await page.getByLabel('Code').fill(mail.code.startsWith('0') ? '11111111' : '00000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const code = page.getByLabel('Code');
  await expect(code).toHaveAttribute('aria-invalid', 'true');
  await expect(code).toHaveAccessibleDescription(/not the code/);
  await expectGoodLooks(page, 'wrong-code');
  await code.fill(mail.code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
});

test('a mail works once', async ({ page, email, complaints }) => {
  const mail = await askForMail(page, email);
  await page.getByLabel('Code').fill(mail.code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
  complaints.expect(/status of 4\d\d/);
  await page.context().clearCookies();
  await page.goto(mail.link);
  await page.locator('#link').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('link', { name: 'Ask for a new mail' })).toBeVisible();
  await expect(page.getByLabel('Type a thought')).toHaveCount(0);
});

test('a link opened in another browser signs nobody in', async ({ page, email, browser }) => {
  const mail = await askForMail(page, email);
  const elsewhere = await browser.newContext({ ignoreHTTPSErrors: true });
  const other = await elsewhere.newPage();
  await other.goto(mail.link);
  await other.locator('#link').getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByLabel('Type a thought')).toHaveCount(0);
  await elsewhere.close();
  await page.goto(mail.link);
  await page.locator('#link').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Type a thought')).toBeVisible();
});

test('signing out ends this browser, signing out everywhere ends all', async (
  { page, email, browser },
) => {
  await signIn(page, email);
  const elsewhere = await browser.newContext({
    ignoreHTTPSErrors: true, baseURL: process.env.KAIRO_E2E_ORIGIN,
  });
  const other = await elsewhere.newPage();
  await signIn(other, email);

  await other.goto('/settings/account');
  await other.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(other.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await signIn(other, email);

  await page.goto('/settings/account');
  await expectGoodLooks(page, 'account');
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByText('Every device is signed out')).toBeVisible();
  await other.goto('/');
  await expect(other.getByLabel('Type a thought')).toHaveCount(0);
  await elsewhere.close();
});

test('the pages before sign-in look right in both themes', async ({ page, email }) => {
  await page.goto('/sign-in');
  await expectGoodLooks(page, 'sign-in');
  await askForMail(page, email);
  await expectGoodLooks(page, 'code');
  await page.goto('/outbox');
  await expectGoodLooks(page, 'outbox');
});
