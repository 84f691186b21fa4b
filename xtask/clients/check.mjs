// OpenAI's own client for Node against a running Kairo, as its documentation shows it.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.env.KAIRO_MODULES}/`);
const module = await import(pathToFileURL(installed.resolve("openai")));
const OpenAI = module.default.OpenAI ?? module.default;

const client = new OpenAI();
const ask = { model: "kairo", messages: [{ role: "user", content: "When is lunch?" }] };

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.equal(names[0], "kairo");

const whole = await client.chat.completions.create(ask);
assert.equal(whole.choices[0].message.content, "Lunch with Sam");

const options = { stream: true, stream_options: { include_usage: true } };
const stream = await client.chat.completions.create({ ...ask, ...options });
let text = "";
let counted;
for await (const chunk of stream) {
  counted = chunk.usage ?? counted;
  for (const choice of chunk.choices) text += choice.delta.content ?? "";
}
assert.deepEqual([text, counted.total_tokens], ["Lunch with Sam", 12]);

const refused = async (more, code) =>
  assert.rejects(client.chat.completions.create({ ...ask, ...more }), (error) => error.code === code);
await refused({ model: "gpt-99" }, "model_not_found");
await refused({ n: 2 }, "unsupported_value");

let answered = 2;
for (;;) {
  try {
    await client.chat.completions.create(ask);
    answered += 1;
  } catch (error) {
    assert.deepEqual([error.status, error.code], [429, "credits_spent"]);
    break;
  }
}
console.log(`node: ${answered} answers`);
