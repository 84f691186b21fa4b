// How a person's words are read is theirs to set.
import { type Page } from '@playwright/test';
import { capture, dayFromNow, expect, openAs, section, test } from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => openAs(page, email));

async function save(page: Page, label: string, value: string): Promise<void> {
  await page.goto('/settings/reading');
  const field = page.getByLabel(label);
  if (label === 'Time zone') await field.fill(value);
  else await field.selectOption(value);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Kept');
}

test('the time zone decides which day it is', async ({ page }) => {
  for (const [zone, city] of [['Pacific/Kiritimati', 'Kiritimati'], ['Pacific/Niue', 'Niue']]) {
    await save(page, 'Time zone', zone ?? '');
    await page.goto('/');
    await expect(page.getByText(`in ${city}`)).toBeVisible();
    const today = dayFromNow(0, zone);
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toContainText(new RegExp(`^${today.weekday}\\S+ ${today.day} `));
  }
});

test('a zone that does not exist comes back with the reason', async ({ page, complaints }) => {
  complaints.expect(/status of 422/);
  await page.goto('/settings/reading');
  const zone = page.getByLabel('Time zone');
  await zone.fill('Atlantis/Capital');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(zone).toHaveValue('Atlantis/Capital');
  await expect(zone).toHaveAccessibleDescription(/There is no time zone of this name/);
});

test('the first day of the week decides where next week begins', async ({ page }) => {
  await capture(page, 'pay rent in 7 days');
  for (const [value, short] of [['sunday', 'Sun'], ['monday', 'Mon']]) {
    await save(page, 'A week begins on', value ?? '');
    await page.goto('/');
    const days = [1, 2, 3, 4, 5, 6, 7].map((days) => dayFromNow(days));
    const first = days.find(({ weekday }) => weekday === short);
    await expect(section(page, /^Next week/)).toContainText(`from ${first?.day} ${first?.month}`);
  }
});

test('the order of day and month decides what 3/4 is', async ({ page }) => {
  for (const [order, date] of [['DMY', '3 Apr'], ['MDY', '4 Mar']]) {
    await save(page, '3/4 is', order ?? '');
    await page.goto('/');
    await page.getByLabel('Type a thought').pressSequentially('taxes 3/4', { delay: 10 });
    const taken = page.getByRole('list', { name: 'How it was read' }).locator('label:has(:checked)');
    await expect(taken).toContainText(date ?? '');
  }
});
