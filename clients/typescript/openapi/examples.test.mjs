// Sends the examples of the OpenAPI document to a server, and compares its answers with their schemas and with the examples.
// The server has an empty database, accepts requests without credentials, and sends webhooks to this machine:
// `cargo xtask test --only clients` starts it. STOCKHOLD_WRITE_OPENAPI=1 writes the examples again.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { operationsOf, record, render } from "./examples.mjs";

const FILE = new URL("../../../crates/server/src/http/openapi_examples.json", import.meta.url);
const BASE = process.env.BASE_URL;

let document, operations, sent, examples;

before(async () => {
  document = await (await fetch(`${BASE}/api/openapi.json`)).json();
  operations = operationsOf(document);
  sent = JSON.parse(render(await record(BASE, document)));
  if (process.env.STOCKHOLD_WRITE_OPENAPI) writeFileSync(FILE, render(sent));
  examples = JSON.parse(readFileSync(FILE, "utf8"));
});

test("every operation has an example", () => {
  assert.deepEqual(Object.keys(sent), [...operations.keys()].sort());
});

test("the answers and the examples match their schemas", () => {
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
  addFormats(ajv);
  ajv.addSchema(document, "document");
  const check = (pointer, body, name) => {
    const matches = ajv.compile({ $ref: `document#${pointer}` });
    assert.ok(matches(body), `${name}: ${ajv.errorsText(matches.errors)}`);
  };
  for (const [id, { method, path, operation: { parameters = [] } }] of operations) {
    const operation = ["", "paths", path, method.toLowerCase()].map(escaped).join("/");
    for (const { parameters: values = {}, request, answer } of [sent[id], examples[id]]) {
      parameters.forEach(({ name }, index) => {
        if (name in values) check(`${operation}/parameters/${index}/schema`, values[name], `the parameter ${name} of ${id}`);
      });
      if (request) check(`${operation}/requestBody/content/${escaped(request.type)}/schema`, request.body, `the request of ${id}`);
      const place = `${operation}/responses/${answer.status}`;
      if (answer.type) check(`${place}/content/${escaped(answer.type)}/schema`, answer.body, `the answer of ${id}`);
    }
  }
});

test("the examples are the requests and answers of this version", () => {
  for (const id of operations.keys()) {
    const [now, then] = [sent[id], examples[id]].map((example) => JSON.stringify(example));
    assert.ok(isAlike(sent[id], examples[id]), `${id}: STOCKHOLD_WRITE_OPENAPI=1 writes it again\n${now}\n${then}`);
  }
});

/** Escapes a key for a JSON pointer in a URI fragment. */
function escaped(key) {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/**
 * Returns whether two values have the same keys. Values differ between runs, such as times. Null and an empty list are like
 * any value: a background task may have set them in the meantime.
 */
function isAlike(one, other) {
  if (one === null || other === null) return true;
  if (Array.isArray(one) && Array.isArray(other)) return !one.length || !other.length || isAlike(one[0], other[0]);
  if (typeof one !== "object" || typeof other !== "object") return typeof one === typeof other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && isAlike(one[key], other[key]));
}
