// An OpenID provider on this machine: a person signs in by typing any subject. Tokens are signed by RS256.
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

type Grant = { subject: string; nonce: string; challenge: string; redirect: string };

const CLIENT_ID = "shop";

/** Starts the provider at this issuer, which is `http://127.0.0.1` with a port. Returns a function that stops it. */
export async function startProvider(issuer: string): Promise<() => Promise<void>> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" };
  const grants = new Map<string, Grant>();

  const idToken = ({ subject, nonce }: Grant) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: CLIENT_ID, sub: subject, iat: now, exp: now + 300, nonce };
    const parts = [{ alg: "RS256", typ: "JWT", kid: key.kid }, claims];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };

  /** Exchanges a code. The PKCE verifier must be that of the authorization request. */
  const exchange = (form: URLSearchParams): object | undefined => {
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (!grant || grant.challenge !== challenge || grant.redirect !== form.get("redirect_uri")) return undefined;
    return { access_token: "unused", token_type: "Bearer", expires_in: 60, id_token: idToken(grant) };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", issuer);
    const json = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (`${request.method} ${url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        json(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        });
        break;
      case "GET /jwks":
        json(200, { keys: [key] });
        break;
      case "GET /authorize":
        response.writeHead(200, { "content-type": "text/html" });
        response.end(`<title>Provider</title><form method="post"><label>Subject <input name="subject"></label>
          <button>Continue</button></form>`);
        break;
      case "POST /authorize": {
        const subject = (await body(request)).get("subject") ?? "";
        const query = (name: string) => url.searchParams.get(name) ?? "";
        const code = randomUUID();
        const redirect = query("redirect_uri");
        grants.set(code, { subject, nonce: query("nonce"), challenge: query("code_challenge"), redirect });
        const location = new URL(redirect);
        location.search = new URLSearchParams({ code, state: query("state") }).toString();
        response.writeHead(303, { location: location.href }).end();
        break;
      }
      case "POST /token": {
        const tokens = exchange(await body(request));
        json(tokens ? 200 : 400, tokens ?? { error: "invalid_grant" });
        break;
      }
      default:
        response.writeHead(404).end();
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const { hostname, port } = new URL(issuer);
  await new Promise<void>((resolve) => server.listen(Number(port), hostname, resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function body(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
