import type { ProblemDetails } from "./types.js";

/** An answer that is no success. `code` is stable; `problem` has the numbers that explain a rejection. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** Machine-readable, such as `insufficient_stock`. An answer of a proxy has the code `unknown`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
  }
}

/** Reads the problem of an answer. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text();
  const status = response.status;
  try {
    const problem = JSON.parse(text) as ProblemDetails;
    if (typeof problem.code === "string") return new ProblemError(problem);
  } catch {
    // No JSON: a proxy has answered.
  }
  const detail = text.slice(0, 200) || response.statusText;
  return new ProblemError({ type: "about:blank", title: "No problem document", status, code: "unknown", detail });
}
