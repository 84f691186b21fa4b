// Reads JSON lines {"text", "reference", "offset"} and prints one time in microseconds a line.
import * as chrono from "chrono-node";
import { readFileSync } from "node:fs";

const lines = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
for (const measured of [false, true]) {
  for (const { text, reference, offset } of lines) {
    const at = { instant: new Date(reference), timezone: offset };
    const start = process.hrtime.bigint();
    chrono.parse(text, at, { forwardDate: true });
    const taken = Number(process.hrtime.bigint() - start) / 1000;
    if (measured) console.log(taken);
  }
}
