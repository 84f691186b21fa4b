// Without a mouse. Only on a desk: a phone has no keys to press.
import { after, capture, expect, openAs, row, test } from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => openAs(page, email));

test('the line is one key away, from every page', async ({ page }) => {
  for (const path of ['/', '/inbox', '/done', '/settings/account', '/settings/reading']) {
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

test('typed, found, done, opened, changed and left by keys alone', async ({ page }) => {
  for (const text of ['pay rent tomorrow 9am', 'call the bank tomorrow 10am']) {
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await after(page, () => page.keyboard.press('Enter'));
  }
  const link = (title: string) => row(page, title).getByRole('link');
  // What was just kept has the focus.
  await expect(link('call the bank')).toBeFocused();
  await page.keyboard.press('k');
  await expect(link('pay rent')).toBeFocused();
  await page.keyboard.press('j');
  await expect(link('call the bank')).toBeFocused();
  await page.keyboard.press('k');
  await after(page, () => page.keyboard.press('x'));
  await expect(page.getByRole('button', { name: 'Mark not done: pay rent' })).toBeVisible();
  await expect(link('pay rent')).toBeFocused();
  await page.keyboard.press('j');
  await expect(link('call the bank')).toBeFocused();
  await after(page, () => page.keyboard.press('e'));
  await page.keyboard.press('e');
  await expect(page.getByLabel('Title')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('call the other bank');
  await after(page, () => page.keyboard.press('Enter'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('call the other bank');
  await after(page, () => page.keyboard.press('Escape'));
  await expect(link('call the other bank')).toBeVisible();
});

test('a task is reached and done with Tab and Enter alone', async ({ page }) => {
  await capture(page, 'pay rent tomorrow');
  await page.reload();
  const tick = page.getByRole('button', { name: 'Mark done: pay rent' });
  for (let step = 0; step < 40; step += 1) {
    if (await tick.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(tick).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Mark not done: pay rent' })).toBeVisible();
});

test('a chip is dismissed by keys, and the focus returns to the line', async ({ page }) => {
  const line = page.getByLabel('Type a thought');
  await line.pressSequentially('call Sam tomorrow', { delay: 10 });
  const keep = page.getByRole('button', { name: 'Keep “tomorrow” as words' });
  await expect(keep).toBeVisible();
  await keep.focus();
  await page.keyboard.press('Enter');
  await expect(keep).toHaveCount(0);
  await expect(line).toBeFocused();
});
