// Every page in both themes: no fault of accessibility, nothing over the edge, and a picture.
import {
  after, askForMail, capture, expect, expectGoodLooks, keep, openAs, row, test,
} from '../support/kairo.ts';

test('the pages before sign-in', async ({ page, email, complaints }) => {
  complaints.expect(/status of 4(04|22)/);
  await page.goto('/sign-in');
  await expectGoodLooks(page, 'sign-in');
  await page.getByLabel('E-mail').fill('ana@localhost');
  await after(page, () => page.getByRole('button', { name: 'Send me' }).click());
  await expectGoodLooks(page, 'sign-in-refused');
  const mail = await askForMail(page, email);
  await expectGoodLooks(page, 'code');
  await page.getByLabel('Code').fill(mail.code.startsWith('0') ? '11111111' : '00000000');
  await after(page, () => page.getByRole('button', { name: 'Sign in' }).click());
  await expectGoodLooks(page, 'code-refused');
  await page.goto(mail.link);
  await expectGoodLooks(page, 'link');
  await page.goto('/outbox');
  await expectGoodLooks(page, 'outbox');
  await page.goto('/ops');
  await expectGoodLooks(page, 'ops');
  await page.goto('/signed-out');
  await expectGoodLooks(page, 'signed-out');
  await page.goto('/there-is-no-such-page');
  await expectGoodLooks(page, 'nothing-here');
});

test('the lists, empty and with items', async ({ page, email, complaints }) => {
  await openAs(page, email);
  await expectGoodLooks(page, 'agenda-empty');
  await page.goto('/inbox');
  await expectGoodLooks(page, 'inbox-empty');
  await page.goto('/done');
  await expectGoodLooks(page, 'done-empty');
  const typed = [
    'send Priya the signed lease yesterday', 'lunch with Sam tomorrow 1pm',
    'water the plants today', 'contract review by tomorrow 5pm !! #harbour', 'standup every weekday at 9:15am', 'buy milk',
  ];
  await keep(page, typed);
  await page.goto('/');
  await after(page, () => page.getByRole('button', { name: /^Mark done: water/ }).click());
  await expectGoodLooks(page, 'agenda');
  for (const [path, name] of [
    ['/inbox', 'inbox'], ['/done', 'done'], ['/?q=lunch&tag=none', 'agenda-narrowed'],
  ]) {
    await page.goto(path ?? '');
    await expectGoodLooks(page, name ?? '');
  }
  await page.goto('/');
  await page.getByLabel('Type a thought').pressSequentially('coffee with Sam tomorrow at 8');
  await expect(page.getByRole('button', { name: 'Keep “Sam” as words' })).toBeVisible();
  await expectGoodLooks(page, 'agenda-typing');
  complaints.expect(/status of 422/);
  await page.getByLabel('Type a thought').fill('on and on, '.repeat(200));
  await after(page, () => page.getByLabel('Type a thought').press('Enter'));
  await expectGoodLooks(page, 'agenda-refused');
});

test('an item, changed, refused and in conflict', async ({ page, context, email, complaints }) => {
  await openAs(page, email);
  await capture(page, 'contract review by tomorrow 5pm !! #harbour');
  await after(page, () => row(page, 'contract review').getByRole('link').click());
  await expectGoodLooks(page, 'item');
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByLabel('Notes').fill('Clause 7 still has last year’s rate.');
  await after(other, () => other.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(other, 'item-changed');
  complaints.expect(/status of 4(09|22)/);
  await page.getByLabel('Notes').fill('Ask Tom before we sign.');
  await after(page, () => page.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(page, 'item-conflict');
  await other.getByLabel('When').fill('when pigs fly');
  await after(other, () => other.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(other, 'item-refused');
});

test('one of a series, moved, refused and in conflict', async ({ page, email, complaints }) => {
  await openAs(page, email);
  await capture(page, 'water the plants every day at 11:45pm');
  await after(page, () => row(page, 'water the plants').nth(2).getByRole('link').click());
  await expectGoodLooks(page, 'occurrence');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel('When').fill('tomorrow 3pm to 4pm');
  await other.getByLabel('Notes').fill('The big ones need more.');
  await after(other, () => other.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(other, 'occurrence-moved');
  complaints.expect(/status of 4(09|22)/);
  await page.getByLabel('Notes').fill('Not the cactus.');
  await page.getByRole('radio', { name: 'This and following' }).check();
  await after(page, () => page.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(page, 'occurrence-conflict');
  await other.getByLabel('When').fill('when pigs fly');
  await after(other, () => other.getByRole('button', { name: 'Save changes' }).click());
  await expectGoodLooks(other, 'occurrence-refused');
  await page.goto(page.url());
  await after(page, () => page.getByRole('button', { name: 'Skip' }).click());
  await page.goBack();
  await page.reload();
  await expectGoodLooks(page, 'occurrence-skipped');
});

test('the settings', async ({ page, email, complaints }) => {
  await openAs(page, email);
  for (const name of ['account', 'usage', 'reading', 'tokens']) {
    await page.goto(`/settings/${name}`);
    await expectGoodLooks(page, name);
  }
  complaints.expect(/status of 422/);
  await page.goto('/settings/reading');
  await page.getByLabel('Time zone').fill('Atlantis/Capital');
  await after(page, () => page.getByRole('button', { name: 'Save' }).click());
  await expectGoodLooks(page, 'reading-refused');
});
