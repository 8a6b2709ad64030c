import type { Socket } from "node:net";

/** Answers what Node could not read as a request of HTTP, or not in time, and ends the connection. */
export function answerUnreadable(error: Error & { code?: string; reason?: string }, socket: Socket): void {
  // Nobody is there any more to hear it (https://nodejs.org/api/http.html#event-clienterror).
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const { status, message } = answerTo(error);
  if (socket.writable) {
    const body = JSON.stringify({ error_code: "MALFORMED_REQUEST", message });
    const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    socket.write(`${head}\r\nConnection: close\r\n\r\n${body}`);
  }
  socket.destroy(error);
}

function answerTo({ code, reason }: { code?: string; reason?: string }): { status: string; message: string } {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: "408 Request Timeout", message: "The request did not arrive in time." };
    case "HPE_HEADER_OVERFLOW":
      return {
        status: "431 Request Header Fields Too Large",
        message: "The headers of the request are larger than this server takes.",
      };
    case "HPE_INVALID_HEADER_TOKEN":
      // Such as seed 003's `-H 'application/scim+json'`, which curl drops and other clients may send.
      return {
        status: "400 Bad Request",
        message: "A header of the request cannot be read: each is a name, a colon and a value.",
      };
    default:
      return {
        status: "400 Bad Request",
        message: `The request cannot be read as HTTP${reason === undefined ? "" : `: ${reason}`}.`,
      };
  }
}
