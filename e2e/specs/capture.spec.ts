// A thought is typed, read, kept, and found where it belongs.
import { after, capture, dayFromNow, expect, openAs, row, section, test } from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => openAs(page, email));

test('the line shows day, time and person while it is typed; what is dismissed stays words', async (
  { page },
) => {
  const line = page.getByLabel('Type a thought');
  const chips = page.getByRole('list', { name: 'How it was read' }).getByRole('listitem');
  await line.pressSequentially('lunch with Sam tomorrow 1pm', { delay: 10 });
  const tomorrow = dayFromNow(1);
  const date = `${tomorrow.weekday} ${tomorrow.day} ${tomorrow.month}`;
  await expect(chips).toHaveText([/lunch with Sam/, /^\s*Sam/, new RegExp(date), /1:00 pm/]);
  await page.getByRole('button', { name: 'Keep “Sam” as words' }).click();
  await expect(chips).toHaveText([/lunch with Sam/, new RegExp(date), /1:00 pm/]);
  await expect(line).toHaveValue('lunch with Sam tomorrow 1pm');
  await expect(line).toBeFocused();

  await after(page, () => page.keyboard.press('Enter'));
  const kept = section(page, /^Tomorrow/).getByRole('listitem');
  await expect(kept).toHaveCount(1);
  await expect(kept).toContainText('1:00 pm');
  await kept.getByRole('link', { name: 'lunch with Sam' }).click();
  await expect(page.getByLabel('People')).toHaveValue('');
});

test('an hour in doubt offers both halves of the day', async ({ page }) => {
  await page.getByLabel('Type a thought').pressSequentially('coffee tomorrow at 8', { delay: 10 });
  const half = page.getByRole('group', { name: /^What does “.*8” mean/ });
  await expect(half.getByRole('radio', { name: 'am' })).toBeChecked();
  await half.getByText('pm').click();
  await expect(half.getByRole('radio', { name: 'pm' })).toBeChecked();
  await after(page, () => page.getByLabel('Type a thought').press('Enter'));
  await expect(section(page, /^Tomorrow/).getByRole('listitem')).toContainText('8:00 pm');
});

test('a thought lands on its day with the person in it, and once', async ({ page }) => {
  await capture(page, 'lunch with Sam tomorrow 1pm');
  const kept = section(page, /^Tomorrow/).getByRole('listitem');
  await expect(kept).toContainText('1:00 pm');
  await expect(page.getByRole('status')).toContainText('lunch with Sam');
  await page.reload();
  await expect(kept).toHaveCount(1);
  await kept.getByRole('link', { name: 'lunch with Sam' }).click();
  await expect(page.getByLabel('People')).toHaveValue('Sam');
  await expect(page.getByText('lunch with Sam tomorrow 1pm')).toBeVisible();
});

test('a thought without a day waits in the inbox', async ({ page }) => {
  await capture(page, 'buy milk');
  await expect(page.getByRole('status')).toContainText('in the inbox');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  await expect(row(page, 'buy milk')).toHaveCount(1);
});

test('a thing to try comes into the line, read', async ({ page }) => {
  await page.getByRole('button', { name: 'pay rent every 1st' }).click();
  await expect(page.getByLabel('Type a thought')).toHaveValue('pay rent every 1st');
  const reading = page.getByRole('list', { name: 'How it was read' });
  await expect(reading).toContainText('pay rent');
  await expect(reading).toContainText('the 1st of every month');
});

test('too long a text comes back as it was typed', async ({ page, complaints }) => {
  complaints.expect(/status of 422/);
  const line = page.getByLabel('Type a thought');
  const text = 'a thought that goes on and on, '.repeat(80).trim();
  await line.fill(text);
  await after(page, () => line.press('Enter'));
  await expect(line).toHaveValue(text);
  await expect(line).toHaveAttribute('aria-invalid', 'true');
  await expect(line).toHaveAccessibleDescription(/characters; 2,000 are the most/);
  await line.fill('a short thought tomorrow');
  await after(page, () => line.press('Enter'));
  await expect(row(page, 'a short thought')).toHaveCount(1);
});

test('an empty line is told so and keeps nothing', async ({ page, complaints }) => {
  complaints.expect(/status of 422/);
  const line = page.getByLabel('Type a thought');
  await after(page, () => line.press('Enter'));
  await expect(line).toHaveAccessibleDescription('Type a thought first.');
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible();
});
