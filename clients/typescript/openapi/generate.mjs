// Generates the types and operations of both clients from the OpenAPI document. With `--check` it only compares the files.

import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import { operationsOf } from "./examples.mjs";
import { rustFiles } from "./rust.mjs";

const DOCUMENT = new URL("../../../crates/server/tests/openapi.json", import.meta.url);
const HEAD = "// Generated from crates/server/tests/openapi.json by `npm run generate`.\n\n";

/** The answers of each operation that are no success, as one: every problem has the same fields. */
const PROBLEM = {
  description: "A problem",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Returns a document without examples, headers of answers and rules between fields, which types can't express. */
function simplified(document) {
  for (const { operation } of operationsOf(document).values()) {
    const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
    operation.responses = Object.fromEntries([...successes, ["default", PROBLEM]]);
    Object.values(operation.responses).forEach((response) => delete response.headers);
    const bodies = [operation.requestBody ?? {}, ...Object.values(operation.responses)];
    bodies.flatMap(({ content = {} }) => Object.values(content)).forEach((media) => delete media.example);
    operation.parameters?.forEach((parameter) => {
      delete parameter.example;
      delete parameter.schema.anyOf;
    });
    // The client adds the key.
    operation.parameters = operation.parameters?.filter(({ name }) => name !== "Idempotency-Key");
  }
  for (const schema of Object.values(document.components.schemas)) {
    if (schema.properties) delete schema.allOf;
  }
  return document;
}

/** Returns the methods of the client. */
function methods(document) {
  const rows = [];
  const members = [];
  for (const [id, { method, path, operation, hasKey, isRepeatable }] of operationsOf(document)) {
    rows.push(`  ${id}: { method: "${method}", path: "${path}", hasKey: ${hasKey}, isRepeatable: ${isRepeatable} },`);
    const name = id.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    const isRequired = operation.parameters?.some(({ required }) => required) || operation.requestBody?.required;
    const request = `request: RequestOf<"${id}">${isRequired ? "" : " = {}"}`;
    members.push(
      `  /** ${operation.summary.replaceAll("\n", " ")} \`${method} ${path}\` */\n` +
        `  ${name}(${request}): Promise<AnswerOf<"${id}">> {\n    return this.call("${id}", request);\n  }`,
    );
  }
  return `import type { AnswerOf, Operation, RequestOf } from "./types.js";

/** How each operation is requested. */
export const OPERATIONS: Record<Operation, OperationRow> = {
${rows.join("\n")}
};

export interface OperationRow {
  readonly method: string;
  /** With the names of its parameters in braces. */
  readonly path: string;
  /** Whether it accepts an \`Idempotency-Key\`. */
  readonly hasKey: boolean;
  /** Whether a request that failed may be sent again. */
  readonly isRepeatable: boolean;
}

/** A method for each operation. */
export abstract class Operations {
  /** Sends a request of an operation, and returns the answer's body. */
  abstract call<Id extends Operation>(id: Id, request: RequestOf<Id>): Promise<AnswerOf<Id>>;

${members.join("\n\n")}
}
`;
}

/** Writes or compares a file. Its name is relative to the root of the repository. */
function write(name, text) {
  const file = new URL(`../../../${name}`, import.meta.url);
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${name} is not current: \`npm run generate\` writes it again`);
    process.exitCode = 1;
  }
}

/** The stream of events, which has no answer as a whole, and the probes, whose status 503 is an answer and no problem. */
const LEFT_OUT = ["/api/events/stream", "/health", "/health/live", "/livez", "/readyz"];

/** Returns the document of the clients. */
function read() {
  const document = JSON.parse(readFileSync(DOCUMENT, "utf8"));
  LEFT_OUT.forEach((path) => delete document.paths[path]);
  return document;
}

const typescript = "clients/typescript/src";
write(`${typescript}/schema.ts`, HEAD + astToString(await openapiTS(simplified(read()), { silent: true })));
write(`${typescript}/operations.ts`, HEAD + methods(read()));
for (const [name, text] of rustFiles(read())) write(`crates/client-sdk/src/generated/${name}`, text);
