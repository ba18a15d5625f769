// Generates the types and operations of the Rust client, `crates/client-sdk/src/generated`.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { operationsOf } from "./examples.mjs";

/** The schemas of pages: their kind, and the name of the rows' schema. */
const PAGE = /^(Page|LedgerPage)_(.*)$/;

/** The requests in which null removes a value and an absent field keeps it, and a field that has to be null. */
const PATCHES = ["UpdateItem", "UpdateWarehouse", "UpdateClient"];
const NULL_FIELDS = ["ChangeStockLine.expected"];

const HEAD = "// Generated from crates/server/tests/openapi.json by `npm run generate` in clients/typescript.\n\n";

const KEYWORDS = ["type", "match", "in", "ref", "move", "use", "self"];

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");
const pascal = (name) => name.replace(/(^|[_.-])(\w)/g, (_, __, letter) => letter.toUpperCase());
const fieldName = (name) => (KEYWORDS.includes(snake(name)) ? `r#${snake(name)}` : snake(name));

function docs(text, indent = "") {
  if (!text) return "";
  return text.split("\n").map((line) => `${indent}/// ${line}`.trimEnd() + "\n").join("");
}

/** Returns the Rust source of both files for a document. */
export function rustFiles(document) {
  const types = new Types(document.components.schemas);
  const operations = renderOperations(document, types);
  const files = { "types.rs": types.render(), "operations.rs": operations };
  return Object.entries(files).map(([name, text]) => [name, formatted(HEAD + text)]);
}

function formatted(text) {
  const config = fileURLToPath(new URL("../../../rustfmt.toml", import.meta.url));
  return execFileSync("rustfmt", ["--edition", "2024", "--config-path", config], { input: text, encoding: "utf8" });
}

class Types {
  /** The types beside the schemas: of queries, and of enumerations within other schemas. */
  extra = new Map();

  constructor(schemas) {
    this.schemas = schemas;
  }

  /** Returns the type of a schema. `name` is that of an enumeration without a name. */
  of(schema, name) {
    if (schema.$ref) {
      const target = schema.$ref.split("/").pop();
      return target.replace(PAGE, "$1<$2>");
    }
    if (schema.oneOf) {
      const [one] = schema.oneOf.filter((part) => part.type !== "null");
      return `Option<${this.of(one, name)}>`;
    }
    if (schema.enum) {
      this.extra.set(name, schema);
      return name;
    }
    const kinds = [schema.type ?? []].flat();
    const kind = this.kind(schema, kinds.filter((kind) => kind !== "null"), name);
    return kinds.includes("null") ? `Option<${kind}>` : kind;
  }

  kind(schema, kinds, name) {
    if (kinds.includes("integer")) return schema.format === "int32" ? "i32" : "i64";
    if (kinds.includes("string")) return schema.format === "date-time" ? "DateTime<Utc>" : "String";
    if (kinds.includes("number")) return "f64";
    if (kinds.includes("boolean")) return "bool";
    if (kinds.includes("array")) return `Vec<${this.of(schema.items, name)}>`;
    if (kinds.includes("object") && schema.additionalProperties) {
      return `BTreeMap<String, ${this.of(schema.additionalProperties, name)}>`;
    }
    return "serde_json::Value";
  }

  render() {
    const items = [];
    for (const [name, schema] of Object.entries(this.schemas)) {
      if (!PAGE.test(name) && name !== "UploadForm") items.push(this.item(name, schema));
    }
    // Rendering a schema may add further types.
    for (const [name, schema] of this.extra) items.push(this.item(name, schema));
    return `//! The types of requests and answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page. None on the last page.
    #[serde(default)]
    pub next: Option<String>,
}

/// One page of movements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage<T> {
    pub items: Vec<T>,
    /// The cursor of the next page. None on the last page.
    #[serde(default)]
    pub next: Option<String>,
    /// On the last page, the time up to which earlier movements are archived. None if none are.
    #[serde(default)]
    pub history_since: Option<DateTime<Utc>>,
}

${items.join("\n")}`;
  }

  item(name, schema) {
    if (schema.enum) return enumeration(name, schema);
    if (schema.oneOf) return this.union(name, schema);
    const properties = this.properties(schema);
    const required = this.required(schema);
    const fields = Object.entries(properties).map(([field, value]) => this.field(name, field, value, required));
    const derives = this.hasDefault(name) ? "Debug, Clone, Default, PartialEq" : "Debug, Clone, PartialEq";
    return `${docs(schema.description)}#[derive(${derives}, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ${name} {
${fields.join("")}}
`;
  }

  /** The properties of a schema, with those of its parts. */
  properties(schema) {
    const parts = (schema.properties ? [] : (schema.allOf ?? [])).map((part) => this.properties(this.resolved(part)));
    return Object.assign({}, ...parts, schema.properties);
  }

  required(schema) {
    const parts = (schema.properties ? [] : (schema.allOf ?? [])).map((part) => this.required(this.resolved(part)));
    return [...(schema.required ?? []), ...parts.flat()];
  }

  resolved(schema) {
    return schema.$ref ? this.schemas[schema.$ref.split("/").pop()] : schema;
  }

  field(name, field, schema, required) {
    let type = this.of(schema, `${name}${pascal(field)}`);
    const description = schema.description ?? schema.oneOf?.[0]?.description;
    const mayBeNull = type.startsWith("Option<");
    let attribute = "";
    if (!required.includes(field)) {
      const isPatch = PATCHES.includes(name) && /\bnull\b/i.test(description ?? "");
      if (mayBeNull && (isPatch || NULL_FIELDS.includes(`${name}.${field}`))) type = `Option<${type}>`;
      if (!mayBeNull) type = `Option<${type}>`;
      attribute = `    #[serde(default, skip_serializing_if = "Option::is_none")]\n`;
    }
    return `${docs(description, "    ")}${attribute}    pub ${fieldName(field)}: ${type},\n`;
  }

  /** Returns whether each required field of a struct has a default. */
  hasDefault(name, seen = []) {
    if (seen.includes(name)) return true;
    const schema = this.schemas[name] ?? this.extra.get(name);
    if (!schema || schema.enum || schema.oneOf) return false;
    const required = this.required(schema);
    return Object.entries(this.properties(schema)).every(([field, value]) => {
      const type = this.of(value, `${name}${pascal(field)}`);
      if (!required.includes(field) || /^(Option|Vec|BTreeMap)</.test(type)) return true;
      if (type === "DateTime<Utc>" || value.enum) return false;
      return /^[a-z]/.test(type) || type === "String" || this.hasDefault(type, [...seen, name]);
    });
  }

  /** An untagged union. The variant with the most required fields is tried first. */
  union(name, schema) {
    const parts = schema.oneOf.map((part) => part.$ref.split("/").pop());
    parts.sort((one, next) => this.required(this.schemas[next]).length - this.required(this.schemas[one]).length);
    return `${docs(schema.description)}#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ${name} {
${parts.map((part) => `    ${part}(${part}),\n`).join("")}}
`;
  }
}

function enumeration(name, schema) {
  const variants = schema.enum.map((value) => `    #[serde(rename = "${value}")]\n    ${pascal(value.replace(":", "_"))},\n`);
  return `${docs(schema.description)}#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ${name} {
${variants.join("")}    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}
`;
}

function renderOperations(document, types) {
  const methods = [];
  for (const [id, operation] of operationsOf(document)) methods.push(renderMethod(id, operation, types));
  return `//! A method for each operation.

use super::types::*;
use crate::request::{Request, segment};
use crate::{Error, Rows, Stockhold};
use http::Method;

impl Stockhold {
${methods.join("\n")}}
`;
}

function renderMethod(id, { method, path, operation, hasKey, isRepeatable }, types) {
  const parameters = operation.parameters ?? [];
  const signature = ["&self"];
  const parts = parameters.filter((parameter) => parameter.in === "path");
  for (const { name, schema } of parts) signature.push(`${fieldName(name)}: ${types.of(schema).replace("String", "&str")}`);
  const filled = path.replace(/\{(\w+)\}/g, "{}");
  const values = parts.map(({ name, schema }) => (types.of(schema) === "String" ? `segment(${fieldName(name)})` : fieldName(name)));
  const target = parts.length ? `format!("${filled}", ${values.join(", ")})` : `"${path}"`;
  let request = `Request::new(Method::${method}, ${target})`;
  if (hasKey) request += ".keyed()";
  if (!isRepeatable) request += ".once()";
  const query = queryType(id, parameters, types);
  if (query) {
    signature.push(`query: &${query}`);
    request += ".query(query)?";
  }
  const body = bodyOf(operation, types);
  if (body) {
    signature.push(`body: ${body.argument}`);
    request += body.part;
  }
  const [status, response] = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const [content] = Object.entries(response.content ?? {});
  const text = `${docs(operation.summary, "    ")}    ///\n    /// \`${method} ${path}\`\n`;
  const rows = rowsMethod(id, parameters, query, signature, request, text, content, types);
  const [answer, read] = answerOf(content, types);
  return `${text}    pub async fn ${id}(${signature.join(", ")}) -> Result<${answer}, Error> {
        self.${read}(${request}).await
    }
${rows}`;
}

/** Returns the type of the answer, and the method that reads it. */
function answerOf(content, types) {
  if (!content) return ["()", "nothing"];
  const [type, { schema }] = content;
  if (type === "application/json") return [types.of(schema), "json"];
  return type === "text/csv" ? ["String", "text"] : ["Vec<u8>", "bytes"];
}

/** Returns the method that reads the rows of all pages, for a list. */
function rowsMethod(id, parameters, query, signature, request, text, content, types) {
  const type = content?.[0] === "application/json" ? types.of(content[1].schema) : "";
  const cursor = parameters.find(({ name }) => name === "after" || name === "before")?.name;
  const row = type.match(/^(?:Ledger)?Page<(.*)>$/)?.[1];
  if (!row || !cursor) return "";
  return `
${text}    ///\n    /// The rows of all pages.
    ///
    /// # Errors
    /// The query can't be serialized.
    pub fn ${id}_rows(${signature.join(", ")}) -> Result<Rows<${row}>, Error> {
        Ok(Rows::new(self, ${request}, "${cursor}"))
    }
`;
}

/** Adds the type of an operation's query, and returns its name. */
function queryType(id, parameters, types) {
  const fields = parameters.filter((parameter) => parameter.in === "query");
  if (fields.length === 0) return undefined;
  const name = `${pascal(id)}Query`;
  const properties = fields.map(({ name: field, schema, description }) => {
    const plain = { ...schema, description: description ?? schema.description };
    if (plain.anyOf) plain.format = "date-time";
    return [field, plain];
  });
  const required = fields.filter((field) => field.required).map((field) => field.name);
  types.extra.set(name, { description: `The query of [\`Stockhold::${id}\`](crate::Stockhold::${id}).`, properties: Object.fromEntries(properties), required });
  return name;
}

/** Returns the argument of a body, and the part of the request. */
function bodyOf(operation, types) {
  const content = operation.requestBody?.content;
  if (!content) return undefined;
  const json = content["application/json"];
  if (!json) return { argument: "Vec<u8>", part: `.file(body)` };
  const type = types.of(json.schema);
  const optional = type.match(/^Option<(.*)>$/);
  return optional
    ? { argument: `Option<&${optional[1]}>`, part: `.optional_json(body)?` }
    : { argument: `&${type}`, part: `.json(body)?` };
}
