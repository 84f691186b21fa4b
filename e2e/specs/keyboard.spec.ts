// Without a mouse. Only on a desk: a phone has no keys to press.
import { capture, expect, signIn, test } from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => signIn(page, email));

test('the line is one key away, from every page', async ({ page }) => {
  for (const path of ['/', '/inbox', '/done', '/settings/reading']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('/');
    await expect(page.getByLabel('Type a thought')).toBeFocused();
    await expect(page.getByLabel('Type a thought')).toHaveValue('');
  }
});

test('a slash that is typed into a field stays a slash', async ({ page }) => {
  const line = page.getByLabel('Type a thought');
  await line.focus();
  await page.keyboard.type('tax 3/4');
  await expect(line).toHaveValue('tax 3/4');
});

test('a task is reached and done with Tab and Enter alone', async ({ page }) => {
  await capture(page, 'pay rent tomorrow');
  const tick = page.getByRole('button', { name: /^Mark done: pay rent$/i });
  for (let step = 0; step < 40; step += 1) {
    if (await tick.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(tick).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Mark not done: pay rent$/i })).toBeVisible();
});
