// One time of a series: its row leads to a page of its own, where it is done, skipped, moved, or
// changed with those that follow.
import type { Page } from '@playwright/test';
import { after, capture, expect, keep, openAs, row, section, test } from '../support/kairo.ts';

/** Rows of a title, also where a phone shows the open page alone. */
function titled(page: Page, title: string) {
  return page.locator('.rows > li > a').filter({ hasText: new RegExp(`^${title}$`) });
}

test.beforeEach(async ({ page, email }) => openAs(page, email));

const standup = 'standup every day at 11:45pm';

test('each day of a series has its row, and one is skipped and put back', async ({ page }) => {
  await capture(page, standup);
  await expect(row(page, 'standup')).toHaveCount(14);
  const tomorrow = section(page, /^Tomorrow/);
  await tomorrow.getByRole('link', { name: 'standup' }).click();
  await expect(page).toHaveURL(/\/occurrences\/\d{4}-\d\d-\d\dT23:45:00/);
  await expect(page.getByText(/in a series, every day\./)).toBeVisible();
  await page.getByRole('button', { name: 'Skip' }).click();
  const notice = page.getByRole('status');
  await expect(notice).toContainText('Skipped “\u2068standup\u2069” this time.');
  await expect(row(page, 'standup')).toHaveCount(13);
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'standup')).toHaveCount(14);
});

test('a task of a series is done on one day alone', async ({ page }) => {
  await capture(page, 'water the plants every day at 11:45pm');
  const tomorrow = section(page, /^Tomorrow/);
  await tomorrow.getByRole('button', { name: 'Mark done: water the plants' }).click();
  await expect(tomorrow.getByRole('button', { name: 'Mark not done' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark done: water' })).toHaveCount(13);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Mark done: water' })).toHaveCount(14);
});

test('only this one is moved, by keyboard alone', async ({ page }) => {
  await capture(page, standup);
  const tomorrow = section(page, /^Tomorrow/);
  await tomorrow.getByRole('link', { name: 'standup' }).focus();
  await after(page, () => page.keyboard.press('Enter'));
  const when = page.getByLabel('When');
  await when.fill((await when.inputValue()).replace('11:45 pm', '11:50 pm'));
  const scope = page.getByRole('group', { name: 'Change' });
  const one = scope.getByRole('radio', { name: 'Only this one' });
  await one.focus();
  await page.keyboard.press('ArrowDown');
  await expect(scope.getByRole('radio', { name: 'This and following' })).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await expect(one).toBeChecked();
  await after(page, () => page.keyboard.press('Enter'));
  await expect(page.getByText(/Moved from .* 11:45 pm\./)).toBeVisible();
  await page.goto('/');
  await expect(section(page, /^Tomorrow/).getByRole('listitem')).toContainText('11:50 pm');
  await expect(section(page, /^Today/).getByText('11:45 pm')).toHaveCount(1);
  await expect(row(page, 'standup')).toHaveCount(14);
});

test('this and following, and the way back', async ({ page }) => {
  await capture(page, standup);
  await section(page, /^Tomorrow/).getByRole('link', { name: 'standup' }).click();
  await page.getByLabel('Title').fill('late standup');
  await page.getByRole('radio', { name: 'This and following' }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  const notice = page.getByRole('status');
  await expect(notice).toContainText('Changed “\u2068standup\u2069” from this time on.');
  await expect(titled(page, 'standup')).toHaveCount(1);
  await expect(titled(page, 'late standup')).toHaveCount(13);
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'standup')).toHaveCount(14);
});

test('the whole series', async ({ page }) => {
  await keep(page, [standup]);
  await page.goto('/');
  await section(page, /^Tomorrow/).getByRole('link', { name: 'standup' }).click();
  await page.getByLabel('Title').fill('huddle');
  await page.getByRole('radio', { name: 'The whole series' }).check();
  await after(page, () => page.getByRole('button', { name: 'Save changes' }).click());
  await expect(titled(page, 'huddle')).toHaveCount(14);
  await expect(page.getByLabel('When')).toHaveValue(/every day/);
});
