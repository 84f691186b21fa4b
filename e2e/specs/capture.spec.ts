// A thought is typed, read, kept, done, changed and taken back.
import {
  capture, expect, expectGoodLooks, section, signIn, test,
} from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => signIn(page, email));

test('the line shows how it reads while it is typed, and keeps what is dismissed', async (
  { page },
) => {
  const line = page.getByLabel('Type a thought');
  const reading = page.getByRole('list', { name: 'How it was read' });
  await line.pressSequentially('lunch with Sam tomorrow 1pm', { delay: 15 });
  await expect(reading).toContainText(/lunch with Sam/i);
  await expect(reading).toContainText('1:00 pm');
  await expectGoodLooks(page, 'reading');
  await reading.getByRole('button', { name: /^Keep “tomorrow/ }).click();
  await expect(reading).toContainText(/tomorrow/);
  await expect(line).toHaveValue('lunch with Sam tomorrow 1pm');
});

test('a thought lands on its day', async ({ page }) => {
  await capture(page, 'lunch with Sam tomorrow 1pm');
  const row = section(page, /^Tomorrow/).getByRole('listitem').filter({ hasText: /lunch with Sam/i });
  await expect(row).toContainText('1:00 pm');
  await expectGoodLooks(page, 'agenda');
  await page.reload();
  await expect(row).toHaveCount(1);
});

test('a thought without a day waits in the inbox', async ({ page }) => {
  await capture(page, 'buy milk');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.getByRole('link', { name: /^buy milk$/i })).toBeVisible();
  await expectGoodLooks(page, 'inbox');
});

test('a task is marked done and not done again', async ({ page }) => {
  await capture(page, 'pay rent tomorrow');
  await page.getByRole('button', { name: /^Mark done: pay rent$/i }).click();
  await page.goto('/done');
  await expect(page.getByRole('link', { name: /^pay rent$/i })).toBeVisible();
  await expectGoodLooks(page, 'done');
  await page.getByRole('button', { name: /^Mark not done: pay rent$/i }).click();
  await page.goto('/');
  await expect(page.getByRole('button', { name: /^Mark done: pay rent$/i })).toBeVisible();
});

test('an item is changed, and what was typed stays', async ({ page }) => {
  await capture(page, 'dentist tomorrow 9am');
  await page.getByRole('link', { name: /^dentist$/i }).click();
  await page.getByLabel('Title').fill('Dentist, Dr Halvorsen');
  await page.getByLabel('When').fill('tomorrow 11:30am');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('heading', { name: 'Dentist, Dr Halvorsen' })).toBeVisible();
  await expect(page.getByText('dentist tomorrow 9am')).toBeVisible();
  await expectGoodLooks(page, 'item');
  await page.goto('/');
  const row = section(page, /^Tomorrow/).getByRole('listitem').filter({ hasText: 'Halvorsen' });
  await expect(row).toContainText('11:30 am');
});

test('an item is deleted, and the notice brings it back', async ({ page }) => {
  await capture(page, 'call the bank tomorrow');
  await page.getByRole('link', { name: /^call the bank$/i }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  const notice = page.getByRole('status');
  await expect(notice).toContainText(/Deleted “call the bank”/i);
  await expect(page.getByRole('link', { name: /^call the bank$/i })).toHaveCount(0);
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: /^call the bank$/i })).toHaveCount(1);
});

test('two windows that change one item: the second sees both texts', async (
  { page, context, complaints },
) => {
  await capture(page, 'water the plants tomorrow');
  await page.getByRole('link', { name: /^water the plants$/i }).click();
  const second = await context.newPage();
  await second.goto(page.url());
  await page.getByLabel('Notes').fill('the big one twice');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByLabel('Notes')).toHaveValue('the big one twice');
  complaints.expect(/status of 409/);
  await second.getByLabel('Notes').fill('not the cactus');
  await second.getByRole('button', { name: 'Save changes' }).click();
  await expect(second.getByRole('alert')).toContainText('Someone changed this while you wrote');
  await expect(second.getByLabel('Notes')).toHaveValue('not the cactus');
  await expect(second.getByText('the big one twice')).toBeVisible();
});

test('lists are narrowed by word, person and tag', async ({ page }) => {
  await capture(page, 'lunch with Sam tomorrow 1pm #food');
  await capture(page, 'pay rent tomorrow');
  await page.getByLabel('Find a word').fill('lunch');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('link', { name: /^lunch with Sam$/i })).toBeVisible();
  await expect(page.getByRole('link', { name: /^pay rent$/i })).toHaveCount(0);
  await page.goto('/?tag=food');
  await expect(page.getByRole('link', { name: /^lunch with Sam$/i })).toBeVisible();
  await expect(page.getByRole('link', { name: /^pay rent$/i })).toHaveCount(0);
});

test('the time zone of the settings decides which day tomorrow is', async ({ page }) => {
  await page.goto('/settings/reading');
  await expectGoodLooks(page, 'reading-settings');
  await page.getByLabel('Time zone').fill('Pacific/Auckland');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto('/');
  await expect(page.getByText('in Auckland')).toBeVisible();
});

test("another person's item is not there", async ({ page, browser, email, complaints }) => {
  await capture(page, 'secret plan tomorrow');
  const href = await page.getByRole('link', { name: /^secret plan$/i }).getAttribute('href');
  const elsewhere = await browser.newContext({
    ignoreHTTPSErrors: true, baseURL: process.env.KAIRO_E2E_ORIGIN,
  });
  const other = await elsewhere.newPage();
  await signIn(other, `bo-${email}`);
  complaints.expect(/status of 404/);
  const answer = await other.goto(href ?? '/items/none');
  expect(answer?.status()).toBe(404);
  await expect(other.getByText('secret plan')).toHaveCount(0);
  await elsewhere.close();
});
