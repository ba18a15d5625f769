// Makes the open pages of `cargo xtask dev` reload. Each line on standard input is a message to all of them.
// The page's half is Leptos's own: a WebSocket to /live_reload on the reload port.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const [host, port] = process.argv.slice(-2);
const pages = new Set();

const server = createServer((_, response) => response.writeHead(426).end());

server.on("upgrade", (request, socket) => {
  const key = request.headers["sec-websocket-key"] ?? "";
  // The fixed text is the protocol's (RFC 6455, section 1.3).
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  pages.add(socket);
  const gone = () => {
    pages.delete(socket);
    socket.destroy();
  };
  // Pages send nothing. A message means that the page is closing.
  socket.on("data", gone).on("end", gone).on("error", gone).on("close", gone);
});

server.on("error", (error) => {
  console.error(`pages will not reload by themselves: ${error.message}`);
  process.exit(1);
});

server.listen(Number(port), host);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const text = Buffer.from(line);
    // One unmasked text frame; the messages are far shorter than the 125 bytes that its head can count.
    for (const page of pages) page.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  })
  .on("close", () => process.exit(0));
