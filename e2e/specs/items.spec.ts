// What was kept is done, changed, taken back, looked for.
import { after, capture, expect, keep, openAs, row, section, test } from '../support/kairo.ts';

test.beforeEach(async ({ page, email }) => openAs(page, email));

test('a task is marked done, and Undo takes it back', async ({ page }) => {
  await capture(page, 'pay rent tomorrow');
  await page.getByRole('button', { name: 'Mark done: pay rent' }).click();
  const notice = page.getByRole('status');
  await expect(notice).toContainText('Done: “\u2068pay rent\u2069”.');
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Mark done: pay rent' })).toBeVisible();
  await expect(notice).toContainText('is as it was before');
});

test('what is done is kept on its page, and can be opened again', async ({ page }) => {
  await capture(page, 'pay rent tomorrow');
  await after(page, () => page.getByRole('button', { name: 'Mark done: pay rent' }).click());
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Done' }).click();
  await expect(section(page, 'Today').getByRole('link', { name: 'pay rent' })).toBeVisible();
  await page.getByRole('button', { name: 'Mark not done: pay rent' }).click();
  await expect(page.getByText('Nothing is done yet.')).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Mark done: pay rent' })).toBeVisible();
});

test('the notice and the changed row are in sight on a long list', async ({ page }) => {
  const hours = Array.from({ length: 18 }, (_, hour) => hour + 1);
  await keep(page, hours.map((hour) => `call number ${hour} tomorrow ${hour}:15`));
  await capture(page, 'call the last one tomorrow 19:30');
  const last = page.getByRole('listitem').filter({ hasText: '7:30 pm' });
  await expect(last).toBeInViewport();
  await expect(page.getByRole('status')).toBeInViewport();
  await expect(page.getByLabel('Type a thought')).toBeInViewport();
});

test('title and time are changed, and what was typed stays', async ({ page }) => {
  await capture(page, 'dentist tomorrow 9am');
  await row(page, 'dentist').getByRole('link').click();
  await page.getByLabel('Title').fill('Dentist, Dr Halvorsen');
  await page.getByLabel('When').fill('tomorrow 11:30am');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('heading', { name: 'Dentist, Dr Halvorsen' })).toBeAttached();
  await expect(page.getByLabel('When')).toHaveAccessibleDescription(/11:30 am, New York/);
  await expect(page.getByText('dentist tomorrow 9am')).toBeVisible();
  await page.goto('/');
  await expect(section(page, /^Tomorrow/).getByRole('listitem')).toContainText('11:30 am');
});

test('a time that cannot be read comes back with the reason', async ({ page, complaints }) => {
  complaints.expect(/status of 422/);
  await capture(page, 'dentist tomorrow 9am');
  await row(page, 'dentist').getByRole('link').click();
  await page.getByLabel('When').fill('when pigs fly');
  await page.getByLabel('Notes').fill('bring the card');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByLabel('When')).toHaveValue('when pigs fly');
  await expect(page.getByLabel('When')).toHaveAccessibleDescription(/does not read this as a time/);
  await expect(page.getByLabel('Notes')).toHaveValue('bring the card');
});

test('a series that is moved stays a series until it is ended', async ({ page }) => {
  await capture(page, 'standup every weekday at 9:15am');
  await row(page, 'standup').getByRole('link').first().click();
  await page.getByRole('link', { name: 'Open the whole series' }).click();
  const when = page.getByLabel('When');
  await when.fill((await when.inputValue()).replace('9:15', '10:00'));
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(when).toHaveAccessibleDescription(/10:00 am, New York; every weekday/);
  await when.fill((await when.inputValue()).replace(', every weekday', ''));
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(when).toHaveAccessibleDescription(/10:00 am, New York$/);
});

test('an item is deleted, and the notice brings it back', async ({ page }) => {
  await capture(page, 'call the bank tomorrow');
  await row(page, 'call the bank').getByRole('link').click();
  await page.getByRole('button', { name: 'Delete' }).click();
  const notice = page.getByRole('status');
  await expect(notice).toContainText('Deleted “\u2068call the bank\u2069”.');
  await expect(row(page, 'call the bank')).toHaveCount(0);
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'call the bank')).toHaveCount(1);
});

test('two windows that change one item: the second sees both texts', async (
  { page, context, complaints },
) => {
  await capture(page, 'water the plants tomorrow');
  await row(page, 'water the plants').getByRole('link').click();
  await expect(page.getByLabel('Notes')).toBeVisible();
  const second = await context.newPage();
  await second.goto(page.url());
  await page.getByLabel('Notes').fill('the big one twice');
  await after(page, () => page.getByRole('button', { name: 'Save changes' }).click());
  complaints.expect(/status of 409/);
  await second.getByLabel('Notes').fill('not the cactus');
  await second.getByRole('button', { name: 'Save changes' }).click();
  await expect(second.getByRole('alert')).toContainText('Someone changed this while you wrote');
  await expect(second.getByLabel('Notes')).toHaveValue('not the cactus');
  await expect(second.getByText('the big one twice')).toBeVisible();
  await second.getByRole('button', { name: 'Save this over it' }).click();
  await expect(second.getByRole('alert')).toHaveCount(0);
  await expect(second.getByLabel('Notes')).toHaveValue('not the cactus');
});

test('a list is narrowed by word, tag and person', async ({ page }) => {
  await capture(page, 'lunch with Sam tomorrow 1pm #food');
  await capture(page, 'pay rent tomorrow');
  const [lunch, rent] = [row(page, 'lunch with Sam'), row(page, 'pay rent')];
  await page.locator('summary', { hasText: 'Find' }).click();
  await page.getByLabel('Find a word').fill('LUNCH');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(rent).toHaveCount(0);
  await expect(lunch).toHaveCount(1);
  await page.getByRole('list', { name: 'Only these are shown' }).getByRole('link').click();
  await expect(rent).toHaveCount(1);

  for (const [label, choice] of [['Tag', 'food'], ['Person', 'Sam']] as const) {
    await page.goto('/');
    await page.locator('summary', { hasText: 'Find' }).click();
    await page.getByLabel(label).selectOption(choice);
    await page.getByRole('button', { name: 'Find' }).click();
    await expect(rent).toHaveCount(0);
    await expect(lunch).toHaveCount(1);
  }
  await page.goto('/?q=nothing+of+the+kind');
  await expect(page.getByText('Nothing matches.')).toBeVisible();
});

test("another person's item is not there", async ({ page, another, email }) => {
  await capture(page, 'secret plan tomorrow');
  const href = await row(page, 'secret plan').getByRole('link').getAttribute('href');
  const other = await another();
  await openAs(other, `bo.${email}`);
  const answer = await other.goto(href ?? '');
  expect(answer?.status()).toBe(404);
  await expect(other.getByRole('heading', { level: 1, name: 'Nothing here' })).toBeVisible();
  await expect(other.getByText('secret plan')).toHaveCount(0);
});
