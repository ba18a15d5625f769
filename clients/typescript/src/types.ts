import type { components, operations } from "./schema.js";

/** The id of an operation in the OpenAPI document, such as `place_cart`. */
export type Operation = keyof operations;

/** The schemas of the OpenAPI document, such as `Schemas["Cart"]`. */
export type Schemas = components["schemas"];

/** A part of a request: absent, optional or required. */
type Part<Name extends string, Value> = [Exclude<Value, undefined>] extends [never]
  ? unknown
  : undefined extends Value
    ? { [Key in Name]?: Exclude<Value, undefined> }
    : { [Key in Name]: Value };

type ContentOf<Message> = Message extends { content: infer Content }
  ? Content extends { "application/json": infer Json }
    ? Json
    : string | Blob
  : undefined;

type BodyOf<Id extends Operation> = operations[Id] extends { requestBody: infer Body }
  ? ContentOf<Body>
  : operations[Id] extends { requestBody?: infer Body }
    ? ContentOf<Exclude<Body, undefined>> | undefined
    : undefined;

type Parameters<Id extends Operation> = operations[Id]["parameters"];

/** The parts of every request. */
export interface RequestOptions {
  /** Replaces the generated `Idempotency-Key`: 1 to 255 visible ASCII characters. */
  idempotencyKey?: string;
  /** Further headers, such as `If-Match`, or the type of a file. */
  headers?: Record<string, string>;
  /** Ends the request and its retries. */
  signal?: AbortSignal;
}

/** The parameters and the body of a request of an operation. */
export type RequestOf<Id extends Operation> = RequestOptions &
  Part<"path", Parameters<Id>["path"]> &
  Part<"query", Parameters<Id>["query"]> &
  Part<"body", BodyOf<Id>>;

type Responses<Id extends Operation> = operations[Id]["responses"];

type Success<Id extends Operation> = Responses<Id>[keyof Responses<Id> & (200 | 201 | 202 | 204)];

type AnswerContent<Message> = Message extends { content: infer Content }
  ? Content extends { "application/json": infer Json }
    ? Json
    : Content extends { "text/csv": string }
      ? string
      : Blob
  : undefined;

/** The body of the answer of an operation: JSON, the text of a CSV file, the bytes of another file, or nothing. */
export type AnswerOf<Id extends Operation> = AnswerContent<Success<Id>>;

/** A problem by RFC 9457, with the fields of every kind. */
export type ProblemDetails = Schemas["Problem"] &
  Partial<Pick<Schemas["DocumentProblem"], "lines">> &
  Partial<Pick<Schemas["RateLimitProblem"], "limit" | "requestsPerSecond" | "requestsBurst">>;
