/** A typed client of Stockhold's REST interface. */
export { rows, Stockhold, type Settings } from "./client.js";
export { ProblemError } from "./problem.js";
export { verifyWebhook, WebhookError, type WebhookHeaders, type WebhookMessage } from "./webhook.js";
export type { AnswerOf, Operation, ProblemDetails, RequestOf, RequestOptions, Schemas } from "./types.js";
